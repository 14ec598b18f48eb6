import { construct } from '../construct.ts';

/** What is used up within a scene and does not come back in its few seconds, and what is not used up. */
const RATES = [
  '1/day burst 1 packets',
  '2/hour burst 20 packets',
  '10000/second burst 10000 packets',
  '9000/second burst 9000 packets',
] as const;

/** `limit rate`, at rates of which the seconds between packets change nothing. */
export default construct({
  kind: 'nft match',
  draw: ({ dice }) => (dice.roll(3) > 0 ? null : { text: `limit rate ${dice.pick(['', '', 'over '])}${dice.pick(RATES)}`, last: true }),
});
