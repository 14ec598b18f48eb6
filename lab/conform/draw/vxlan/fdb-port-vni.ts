import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** A forwarding entry with a port or a VNI of its own. */
export default construct({
  kind: 'rules',
  draw: onNode((site, other: Other) => [
    other.run(
      `bridge fdb replace 02:00:00:00:08:0${other.number} dev vx dst 192.0.2.${other.number} ${site.dice.pick(['vni 2', 'port 4789', 'vni 1', 'port 8472'])}`,
    ),
  ]),
});
