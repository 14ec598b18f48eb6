import { construct } from '../construct.ts';

/** `meta nfproto`, `meta protocol`. */
export default construct({
  kind: 'nft match',
  draw: ({ dice, family, table }) => {
    const own = family === 4 ? 'ip' : 'ip6';
    // elsewhere nft knows the family from the table
    const words = table.startsWith('inet') ? [`meta nfproto ${family === 4 ? 'ipv4' : 'ipv6'}`, 'meta nfproto != ipv4'] : [];
    return { text: dice.pick([...words, `meta protocol ${own}`, 'meta protocol != arp']) };
  },
});
