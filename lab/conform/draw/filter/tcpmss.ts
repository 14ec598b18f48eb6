import { construct } from '../construct.ts';

/** `-j TCPMSS`. */
export default construct({
  kind: 'iptables target',
  tables: ['mangle'],
  hooks: ['FORWARD', 'OUTPUT', 'POSTROUTING'],
  draw: ({ dice, protocol, backend }) => {
    // iptables-nft-save writes the flags of only one match
    if (backend === 'nft') return null;
    if (protocol !== null && protocol !== 'tcp') return null;
    return { text: `-m tcp --tcp-flags SYN,RST SYN -j TCPMSS ${dice.pick(['--set-mss 1000', '--clamp-mss-to-pmtu'])}`, protocol: 'tcp' };
  },
});
