import { construct } from '../construct.ts';

/** `-p` alone. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, protocol }) =>
    protocol === null ? { text: '', protocol: dice.pick(['udp', 'tcp', family === 4 ? 'icmp' : 'icmpv6']) } : null,
});
