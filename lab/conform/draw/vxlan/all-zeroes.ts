import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** What has no entry goes to the other node. */
export default construct({
  kind: 'rules',
  draw: onNode((_site, other: Other) => [
    other.run(`bridge fdb del 02:00:00:00:08:0${other.number} dev vx`),
    other.run(`bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.${other.number}`),
  ]),
});
