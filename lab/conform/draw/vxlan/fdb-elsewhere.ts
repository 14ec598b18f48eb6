import { construct } from '../construct.ts';
import { type Other, onNode } from '../overlay-words.ts';

/** The forwarding entry leads to nobody, or back here. */
export default construct({
  kind: 'rules',
  draw: onNode((site, other: Other) => [
    other.run(
      `bridge fdb replace 02:00:00:00:08:0${other.number} dev vx dst ${site.dice.pick([`192.0.2.${3 - other.number}`, `192.0.2.${other.number}`])}`,
    ),
  ]),
});
