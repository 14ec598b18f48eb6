import { construct } from '../construct.ts';
import { namedPortless } from '../packet.ts';

/** `meta l4proto` of a tunnel's or of IPsec's protocol, which has no ports. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const named = dice.pick(namedPortless(family));
    const field = dice.pick(['meta l4proto', family === 4 ? 'ip protocol' : 'ip6 nexthdr']);
    return { text: dice.roll(3) === 0 ? `${field} { ${named}, ospf }` : `${field} ${named}`, protocol: named };
  },
});
