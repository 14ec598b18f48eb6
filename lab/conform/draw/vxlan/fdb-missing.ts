import { construct } from '../construct.ts';
import { learns, type Other, onNode } from '../overlay-words.ts';

/** No forwarding entry for the other device. */
export default construct({
  kind: 'rules',
  draw: onNode((site, other: Other) => (learns(site) ? null : [other.run(`bridge fdb del 02:00:00:00:08:0${other.number} dev vx`)])),
});
