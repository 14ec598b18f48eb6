import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** Two remotes for one address: the other node, and one that nobody has. */
export default construct({
  kind: 'rules',
  draw: onNode((_site, other: Other) => [
    other.run(`bridge fdb replace 02:00:00:00:08:0${other.number} dev vx dst 192.0.2.${other.number}`),
    other.run(`bridge fdb append 02:00:00:00:08:0${other.number} dev vx dst 192.0.2.77`),
  ]),
});
