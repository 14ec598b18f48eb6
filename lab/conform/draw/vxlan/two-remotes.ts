import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** Two remotes for one address: one of them is this node. */
export default construct({
  kind: 'rules',
  draw: onNode((_site, other: Other) => [other.run(`bridge fdb append 02:00:00:00:08:0${other.number} dev vx dst 192.0.2.77`)]),
});
