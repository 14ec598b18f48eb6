import { construct } from '../construct.ts';

/** What is used up within a scene and does not come back in its few seconds, and what is not used up. */
const RATES = ['1/day', '2/hour --limit-burst 20', '10000/sec --limit-burst 10000'] as const;

/** `-m limit`, at rates of which the seconds between packets change nothing. */
export default construct({
  kind: 'iptables match',
  rare: true,
  draw: ({ dice }) => (dice.roll(4) > 0 ? null : { text: `-m limit --limit ${dice.pick(RATES)}` }),
});
