import { construct } from '../construct.ts';

/** What is used up within a scene and does not come back in its few seconds, and what is not used up. A day's credits for two are too many for the kernel (xt_limit.c limit_mt_check). */
const RATES = ['1/day --limit-burst 1', '2/hour --limit-burst 20', '10000/sec --limit-burst 10000', '9000/sec --limit-burst 9000'] as const;

/** `-m limit`, at rates of which the seconds between packets change nothing. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice }) => (dice.roll(3) > 0 ? null : { text: `-m limit --limit ${dice.pick(RATES)}`, last: true }),
});
