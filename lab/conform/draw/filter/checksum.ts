import { construct } from '../construct.ts';

/** `-j CHECKSUM`. */
export default construct({
  kind: 'iptables target',
  rare: true,
  tables: ['mangle'],
  hooks: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ protocol }) => (protocol === 'icmp' || protocol === 'icmpv6' ? null : { text: '-j CHECKSUM --checksum-fill', protocol: 'udp' }),
});
