import type { Device, Layout, Namespace } from './layout.ts';
import type { Line } from './rule.ts';
import { liberal } from './wiring.ts';

/** What two nodes need to reach each other's pods, beyond a wire between them. */
export type Between = {
  readonly id: string;
  /** Devices beside the wire `u0` and the pod's veth `p0`. */
  readonly devices?: (own: number) => readonly Device[];
  /** Wires between the nodes; left out: one, `u0`. */
  readonly wires?: readonly string[];
  /** Lines on node `own` once its wires have addresses and are up. */
  readonly lines: (own: number, other: number) => readonly string[];
  /** The MTU of pods. */
  readonly mtu?: number;
  /** Where the wire has its addresses, where that is not `u0`. */
  readonly underlay?: string;
};

export const wireMac = (number: number): string => `02:00:00:00:09:0${number}`;
const podMac = (number: number, end: 1 | 2): string => `02:00:00:00:0${number}:0${end}`;
const on = (name: string, run: string): Line => ({ in: name, run });

const pod = (name: string, number: number): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: 'e0',
      mac: podMac(number, 2),
      addresses: [`10.${number}.0.2/24`, `fd00:${number}::2/64`],
      peer: { namespace: `n${number}`, device: 'p0' },
    },
  ],
  listens: { udp: [53, 8080], tcp: [80] },
});

const node = (number: number, { devices, underlay = 'u0' }: Between): Namespace => ({
  name: `n${number}`,
  role: 'router',
  devices: [
    { name: underlay, mac: wireMac(number), addresses: [`192.0.2.${number}/24`, `fd00:9::${number}/64`] },
    { name: 'p0', mac: podMac(number, 1), addresses: [`10.${number}.0.1/24`, `fd00:${number}::1/64`] },
    ...(devices?.(number) ?? []),
  ],
  listens: { udp: [53], tcp: [80] },
});

/** Two nodes with a pod each. What nobody has is dropped without a word: errors of that kind are rationed. */
export function twoNodes(between: Between): Layout {
  const namespaces = [pod('a', 1), pod('b', 2), node(1, between), node(2, between)];
  const { wires = ['u0'] } = between;
  return {
    id: between.id,
    namespaces,
    lines: [
      ...wires.map((name) =>
        on('n1', `ip link add ${name} address ${wireMac(1)} type veth peer name ${name} address ${wireMac(2)} netns @n2`),
      ),
      ...[1, 2].map((number) =>
        on(
          `n${number}`,
          `ip link add p0 address ${podMac(number, 1)} type veth peer name e0 address ${podMac(number, 2)} netns @${number === 1 ? 'a' : 'b'}`,
        ),
      ),
      ...[1, 2].flatMap((number) => nodeLines(number, 3 - number, between)),
      ...podLines('a', 1, between),
      ...podLines('b', 2, between),
      ...liberal(namespaces),
    ],
    virtual: { 4: ['10.96.0.10'], 6: ['fd00:96::10'] },
  };
}

function nodeLines(own: number, other: number, { lines, wires = ['u0'], underlay = 'u0' }: Between): readonly Line[] {
  const name = `n${own}`;
  const early = underlay === 'u0' ? [] : lines(own, other);
  const late = underlay === 'u0' ? lines(own, other) : [];
  return [
    ...[...wires, 'p0'].flatMap((device) => [on(name, `ip link set ${device} addrgenmode none gso_max_segs 1`)]),
    on(name, `ip addr add 10.${own}.0.1/24 dev p0`),
    on(name, `ip addr add fd00:${own}::1/64 dev p0 nodad`),
    on(name, 'ip link set p0 up'),
    ...(underlay === 'u0' ? ['ip link set u0 up'] : early).map((run) => on(name, run)),
    on(name, `ip addr add 192.0.2.${own}/24 dev ${underlay}`),
    on(name, `ip addr add fd00:9::${own}/64 dev ${underlay} nodad`),
    on(name, `ip neigh replace 192.0.2.${other} lladdr ${wireMac(other)} dev ${underlay} nud permanent`),
    on(name, `ip -6 neigh replace fd00:9::${other} lladdr ${wireMac(other)} dev ${underlay} nud permanent`),
    on(name, `ip neigh replace 10.${own}.0.2 lladdr ${podMac(own, 2)} dev p0 nud permanent`),
    on(name, `ip -6 neigh replace fd00:${own}::2 lladdr ${podMac(own, 2)} dev p0 nud permanent`),
    on(name, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1'),
    on(name, 'ip route add blackhole 10.0.0.0/8'),
    on(name, 'ip -6 route add blackhole fd00::/16'),
    ...late.map((run) => on(name, run)),
  ];
}

function podLines(name: string, number: number, { mtu }: Between): readonly Line[] {
  return [
    on(name, 'ip link set e0 addrgenmode none gso_max_segs 1'),
    on(name, `ip addr add 10.${number}.0.2/24 dev e0`),
    on(name, `ip addr add fd00:${number}::2/64 dev e0 nodad`),
    on(name, `ip link set e0 ${mtu === undefined ? '' : `mtu ${mtu} `}up`),
    on(name, `ip neigh replace 10.${number}.0.1 lladdr ${podMac(number, 1)} dev e0 nud permanent`),
    on(name, `ip -6 neigh replace fd00:${number}::1 lladdr ${podMac(number, 1)} dev e0 nud permanent`),
    on(name, `ip route add default via 10.${number}.0.1`),
    on(name, `ip -6 route add default via fd00:${number}::1`),
  ];
}
