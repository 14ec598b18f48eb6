import { construct } from '../construct.ts';
import { namedPortless } from '../packet.ts';

/** `-p` of a tunnel's or of IPsec's protocol, which has no ports. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, protocol }) => {
    if (protocol !== null) return null;
    const named = dice.pick(namedPortless(family));
    return { text: '', protocol: named, aims: [{ protocol: named }] };
  },
});
