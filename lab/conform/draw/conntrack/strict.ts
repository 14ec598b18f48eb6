import { construct } from '../construct.ts';
import { line } from '../ways.ts';

/** A namespace that minds the numbers of TCP: what is outside a connection's window, or resets it by an old number, is INVALID. */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice } = site;
    const [liberal, old] = dice.pick([
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ] as const);
    const named = 'net.netfilter.nf_conntrack_tcp_';
    return {
      rules: [line(site, `sysctl -qw ${named}be_liberal=${liberal} ${named}ignore_invalid_rst=${old}`)],
      aims: [{ protocol: 'tcp' }],
    };
  },
});
