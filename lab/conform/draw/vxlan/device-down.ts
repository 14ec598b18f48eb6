import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** The tunnel device is down here. */
export default construct({
  kind: 'rules',
  draw: onNode((site, other: Other) => (site.dice.roll(2) > 0 ? null : [other.run('ip link set vx down')])),
});
