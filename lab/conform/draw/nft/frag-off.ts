import { construct } from '../construct.ts';

/** `ip frag-off`: neither a fragment nor alone. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    if (family === 6) return null;
    const [text, df] = dice.pick([
      ['ip frag-off & 0x1fff != 0', false],
      ['ip frag-off & 0x4000 != 0', true],
      ['ip frag-off & 0x4000 == 0', false],
      ['ip frag-off & 0x3fff == 0', true],
    ] as const);
    return { text, aims: [{ df }] };
  },
});
