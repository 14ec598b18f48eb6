import { construct } from '../construct.ts';

/** `meta l4proto` of a tunnel's or of IPsec's protocol, which has no ports. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const named = dice.pick(
      family === 4 ? (['ipencap', 'gre', 'esp', 'ah', 'ipv6'] as const) : (['ipencap', 'gre', 'esp', 'ipv6'] as const),
    );
    const field = dice.pick(['meta l4proto', family === 4 ? 'ip protocol' : 'ip6 nexthdr']);
    return { text: dice.roll(3) === 0 ? `${field} { ${named}, ospf }` : `${field} ${named}`, protocol: named };
  },
});
