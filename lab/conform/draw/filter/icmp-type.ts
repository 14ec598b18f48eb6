import { construct } from '../construct.ts';

/** `--icmp-type`, `--icmpv6-type`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, family, protocol }) => {
    const own = family === 4 ? 'icmp' : 'icmpv6';
    if (protocol !== null && protocol !== own) return null;
    const type = dice.pick(family === 4 ? ['8', '0', '3', '3/3', '11'] : ['128', '129', '1', '1/4', '3']);
    return { text: `-m ${family === 4 ? 'icmp --icmp-type' : 'icmp6 --icmpv6-type'} ${type}`, protocol: own };
  },
});
