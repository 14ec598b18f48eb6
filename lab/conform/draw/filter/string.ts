import { construct } from '../construct.ts';

/** `-m string`: only what comes to the same is known. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice }) => (dice.roll(6) > 0 ? null : { text: '-m string --string "leadline" --algo bm' }),
});
