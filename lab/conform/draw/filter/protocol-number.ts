import { construct } from '../construct.ts';

/** `-p` of a tunnel's or of IPsec's protocol, which has no ports. What carries a header of IPv6 is not the last one (net/ipv6/exthdrs_core.c ipv6_ext_hdr). */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, protocol }) => {
    if (protocol !== null) return null;
    const named = dice.pick(
      family === 4 ? (['ipencap', 'gre', 'esp', 'ah', 'ipv6'] as const) : (['ipencap', 'gre', 'esp', 'ipv6'] as const),
    );
    return { text: '', protocol: named, aims: [{ protocol: named }] };
  },
});
