import { construct } from '../construct.ts';
import { line } from '../ways.ts';

/**
 * A namespace that minds the numbers of TCP: what is outside a connection's window, or resets it by an old number, is INVALID, and that is
 * thrown away as kube-proxy does it.
 */
export default construct({
  kind: 'rules',
  draw: (site) => {
    const { dice, here, backend, family } = site;
    const [liberal, old] = dice.pick([
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ] as const);
    const named = 'net.netfilter.nf_conntrack_tcp_';
    const chain = here.role === 'end' ? 'INPUT' : 'FORWARD';
    const text = `-A ${chain} -m conntrack --ctstate INVALID -j DROP`;
    return {
      rules: [
        line(site, `sysctl -qw ${named}be_liberal=${liberal} ${named}ignore_invalid_rst=${old}`),
        { in: here.name, by: ['conntrack/ctstate'], form: 'iptables', backend, family, table: 'filter', text },
      ],
      aims: [{ protocol: 'tcp', flags: 'S' }],
      talk: { by: 'conntrack/numbers', aims: [{ protocol: 'tcp', near: { namespace: here.name, hooks: [chain] } }] },
    };
  },
});
