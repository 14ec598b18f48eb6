import { construct } from '../construct.ts';

/** `--syn`, `--tcp-flags`. */
export default construct({
  kind: 'iptables match',
  draw: ({ dice, protocol }) => {
    if (protocol !== null && protocol !== 'tcp') return null;
    const flags = dice.pick([
      '--syn',
      '! --syn',
      '--tcp-flags SYN,ACK SYN,ACK',
      '--tcp-flags ALL RST,ACK',
      '--tcp-flags FIN,RST RST',
      '--tcp-flags SYN,FIN NONE',
    ]);
    return { text: `-m tcp ${flags}`, protocol: 'tcp' };
  },
});
