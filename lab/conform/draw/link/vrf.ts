import { defaultRoutes, end, port } from '../around-router.ts';
import { construct } from '../construct.ts';
import type { Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';
import { liberal, wire } from '../wiring.ts';

const TABLE = 10;

/** Three ends and a router of which two links, or three, are in a VRF of their own. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const ends = [end('a', 1), end('b', 2), end('c', 3)];
    const router: Namespace = { name: 'r', role: 'router', devices: [port(1), port(2), port(3)], listens: { udp: [53], tcp: [] } };
    const namespaces = [...ends, router];
    const parts = dice.roll(3) === 0 ? [1, 2, 3] : [1, 2];
    const accepts = dice.roll(2);
    const inside: readonly Line[] = [
      `ip link add red type vrf table ${TABLE}`,
      'ip link set red addrgenmode none up',
      ...parts.flatMap((net) => [
        `ip link set r${net} master red`,
        `ip -6 addr replace fd00:${net}::1/64 dev r${net} nodad`,
        `ip neigh replace 10.${net}.0.2 lladdr 02:00:00:00:0${net}:02 dev r${net} nud permanent`,
        `ip -6 neigh replace fd00:${net}::2 lladdr 02:00:00:00:0${net}:02 dev r${net} nud permanent`,
      ]),
      `ip route add vrf red blackhole default metric 9000`,
      `ip -6 route add vrf red blackhole default metric 9000`,
      // errors for want of a route are rationed
      'ip route add blackhole default metric 9000',
      'ip -6 route add blackhole default metric 9000',
      `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.udp_l3mdev_accept=${accepts} net.ipv4.tcp_l3mdev_accept=${accepts}`,
    ].map((run) => ({ in: 'r', run }));
    return {
      id: 'vrf',
      namespaces,
      lines: [...wire(namespaces), ...inside, ...defaultRoutes(ends), ...liberal(namespaces)],
      virtual: { 4: ['10.96.0.10', '203.0.113.7'], 6: ['fd00:96::10', '2001:db8::7'] },
    };
  },
});
