import { construct } from '../construct.ts';

/** `-j TPROXY` to a port where nothing listens. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['PREROUTING'],
  draw: ({ dice, protocol }) => {
    if (dice.roll(2) > 0) return null;
    const own = protocol ?? dice.pick(['udp', 'tcp'] as const);
    if (own !== 'udp' && own !== 'tcp') return null;
    return { text: '-j TPROXY --on-port 7777 --tproxy-mark 0x1/0x1', protocol: own };
  },
});
