import { bound, choosy, defaultRoutes, end, port, strangers } from '../around-router.ts';
import { construct } from '../construct.ts';
import type { Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { liberal, wire } from '../wiring.ts';

/** Two ends and a router between them, IPv4 and IPv6. What nobody has is dropped without a word: errors of that kind are rationed. */
export default construct({
  kind: 'layout',
  draw: () => {
    const ends = [end('a', 1, [2, 3]), end('b', 2, [2, 3])];
    const router: Namespace = {
      name: 'r',
      role: 'router',
      devices: [port(1), port(2)],
      listens: { udp: [53], tcp: [80], bound: [...bound(1, 1), ...choosy('r1', 'r2')] },
    };
    const namespaces = [...ends, router];
    const nowhere: readonly Line[] = ['10.96.0.0/16', '203.0.113.0/24', '-6 fd00:96::/64', '-6 2001:db8::/32'].map((to) => ({
      in: 'r',
      run: to.startsWith('-6') ? `ip -6 route add blackhole ${to.slice(3)}` : `ip route add blackhole ${to}`,
    }));
    const forwarding = { in: 'r', run: 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1' };
    return {
      id: 'routed',
      namespaces,
      lines: [...wire(namespaces), ...strangers(1, 2), ...defaultRoutes(ends), ...nowhere, ...liberal(namespaces), forwarding],
      virtual: { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] },
    };
  },
});
