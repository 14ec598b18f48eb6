import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** The forwarding entry of a source is fixed elsewhere. */
export default construct({
  kind: 'rules',
  draw: onNode((site, other: Other) => [
    other.run(`bridge fdb replace 02:00:00:00:08:0${other.number} dev vx dst 192.0.2.${site.dice.pick([other.number, 99])}`),
  ]),
});
