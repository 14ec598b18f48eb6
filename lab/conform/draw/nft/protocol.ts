import { construct } from '../construct.ts';

/** `meta l4proto`, `ip protocol`, `ip6 nexthdr`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family }) => {
    const protocol = dice.pick(['tcp', 'udp', family === 4 ? 'icmp' : 'icmpv6'] as const);
    const name = protocol === 'icmpv6' ? 'ipv6-icmp' : protocol;
    const field = dice.pick(['meta l4proto', family === 4 ? 'ip protocol' : 'ip6 nexthdr']);
    const text = dice.roll(4) === 0 ? `${field} != ${name}` : dice.roll(3) === 0 ? `${field} { ${name}, sctp }` : `${field} ${name}`;
    return text.includes('!=') ? { text } : { text, protocol };
  },
});
