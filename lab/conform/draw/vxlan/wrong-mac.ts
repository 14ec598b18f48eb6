import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** The neighbour has another address than the device. */
export default construct({
  kind: 'rules',
  draw: onNode((_site, other: Other) => [
    other.run(`ip neigh replace 10.${other.number}.255.0 lladdr 02:00:00:00:07:77 dev vx nud permanent`),
    other.run(`bridge fdb append 02:00:00:00:07:77 dev vx dst 192.0.2.${other.number}`),
  ]),
});
