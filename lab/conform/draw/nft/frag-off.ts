import { construct } from '../construct.ts';

/** `ip frag-off`: neither a fragment nor alone. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) =>
    family === 4
      ? {
          text: dice.pick(['ip frag-off & 0x1fff != 0', 'ip frag-off & 0x4000 != 0', 'ip frag-off & 0x3fff == 0']),
          aims: [{ df: dice.roll(2) === 0 }],
        }
      : null,
});
