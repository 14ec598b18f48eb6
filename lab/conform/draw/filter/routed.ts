import { construct } from '../construct.ts';
import type { Device, Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { wire } from '../wiring.ts';

const end = (name: string, net: number): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: 'e0',
      mac: `02:00:00:00:0${net}:02`,
      addresses: [`10.${net}.0.2/24`, `10.${net}.0.3/24`, `fd00:${net}::2/64`, `fd00:${net}::3/64`],
      peer: { namespace: 'r', device: `r${net}` },
    },
  ],
  listens: { udp: [53, 8080], tcp: [80] },
});

const port = (net: number): Device => ({
  name: `r${net}`,
  mac: `02:00:00:00:0${net}:01`,
  addresses: [`10.${net}.0.1/24`, `fd00:${net}::1/64`],
});

/** Two ends and a router between them, IPv4 and IPv6. What nobody has is dropped without a word: errors of that kind are rationed. */
export default construct({
  kind: 'layout',
  draw: () => {
    const ends = [end('a', 1), end('b', 2)];
    const router: Namespace = { name: 'r', role: 'router', devices: [port(1), port(2)], listens: { udp: [53], tcp: [80] } };
    const namespaces = [...ends, router];
    const routes: readonly Line[] = [1, 2].flatMap((net) => [
      { in: net === 1 ? 'a' : 'b', run: `ip route add default via 10.${net}.0.1` },
      { in: net === 1 ? 'a' : 'b', run: `ip -6 route add default via fd00:${net}::1` },
    ]);
    const nowhere: readonly Line[] = ['10.96.0.0/16', '203.0.113.0/24', '-6 fd00:96::/64', '-6 2001:db8::/32'].map((to) => ({
      in: 'r',
      run: to.startsWith('-6') ? `ip -6 route add blackhole ${to.slice(3)}` : `ip route add blackhole ${to}`,
    }));
    // a listener's own numbers are not known to who answers in its name
    const liberal: readonly Line[] = namespaces.map(({ name }) => ({
      in: name,
      run: 'sysctl -qew net.netfilter.nf_conntrack_tcp_be_liberal=1 net.netfilter.nf_conntrack_tcp_ignore_invalid_rst=1',
    }));
    const forwarding = { in: 'r', run: 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1' };
    return {
      id: 'routed',
      namespaces,
      lines: [...wire(namespaces), ...routes, ...nowhere, ...liberal, forwarding],
      virtual: { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] },
    };
  },
});
