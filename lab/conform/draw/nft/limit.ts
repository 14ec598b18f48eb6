import { construct } from '../construct.ts';

/** `limit rate`: the model does not know it, and need not where both ways come to the same. */
export default construct({
  kind: 'nft match',
  rare: true,
  draw: ({ dice }) => (dice.roll(3) > 0 ? null : { text: dice.pick(['limit rate 10/minute', 'limit rate over 10/minute']) }),
});
