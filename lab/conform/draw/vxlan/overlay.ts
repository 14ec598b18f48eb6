import { construct } from '../construct.ts';
import type { Namespace } from '../layout.ts';
import type { Line } from '../rule.ts';

const node = (number: number): Namespace => ({
  name: `n${number}`,
  role: 'router',
  devices: [
    { name: 'u0', mac: `02:00:00:00:09:0${number}`, addresses: [`192.0.2.${number}/24`, `fd00:9::${number}/64`] },
    { name: 'p0', mac: `02:00:00:00:0${number}:01`, addresses: [`10.${number}.0.1/24`, `fd00:${number}::1/64`] },
    { name: 'vx', mac: `02:00:00:00:08:0${number}`, addresses: [`10.${number}.255.0/32`, `fd00:8::${number}/128`] },
  ],
  listens: { udp: [53], tcp: [80] },
});

const pod = (name: string, number: number): Namespace => ({
  name,
  role: 'end',
  devices: [
    {
      name: 'e0',
      mac: `02:00:00:00:0${number}:02`,
      addresses: [`10.${number}.0.2/24`, `fd00:${number}::2/64`],
      peer: { namespace: `n${number}`, device: 'p0' },
    },
  ],
  listens: { udp: [53, 8080], tcp: [80] },
});

const on = (name: string, run: string): Line => ({ in: name, run });

/** What one node has of its own: its wire, its pod's veth, its tunnel device. */
function nodeLines({ name, devices }: Namespace, number: number, settings: string): readonly Line[] {
  const addresses = devices.flatMap(({ name: device, addresses: own }) =>
    own.map((address) => on(name, `ip addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`)),
  );
  return [
    on(name, `ip link add vx address 02:00:00:00:08:0${number} type vxlan id 1 local 192.0.2.${number} dev u0 dstport 8472 ${settings}`),
    ...['u0', 'p0', 'vx'].map((device) => on(name, `ip link set ${device} addrgenmode none gso_max_segs 1`)),
    ...addresses,
    ...['u0', 'p0', 'vx'].map((device) => on(name, `ip link set ${device} up`)),
    on(name, 'ip link set vx mtu 1450'),
    on(name, 'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1'),
    ...['10.0.0.0/8', '-6 fd00::/16'].map((to) =>
      on(name, `ip ${to.startsWith('-6') ? `-6 route add blackhole ${to.slice(3)}` : `route add blackhole ${to}`}`),
    ),
  ];
}

/** What a node knows of the other one: route, neighbour, forwarding entry, as flanneld writes them. */
function peerLines(own: number, other: number): readonly Line[] {
  const name = `n${own}`;
  return [
    on(name, `ip neigh replace 192.0.2.${other} lladdr 02:00:00:00:09:0${other} dev u0 nud permanent`),
    on(name, `ip -6 neigh replace fd00:9::${other} lladdr 02:00:00:00:09:0${other} dev u0 nud permanent`),
    on(name, `ip neigh replace 10.${other}.255.0 lladdr 02:00:00:00:08:0${other} dev vx nud permanent`),
    on(name, `ip -6 neigh replace fd00:8::${other} lladdr 02:00:00:00:08:0${other} dev vx nud permanent`),
    on(name, `bridge fdb append 02:00:00:00:08:0${other} dev vx dst 192.0.2.${other}`),
    on(name, `ip route add 10.${other}.0.0/24 via 10.${other}.255.0 dev vx onlink`),
    on(name, `ip -6 route add fd00:${other}::/64 via fd00:8::${other} dev vx onlink`),
    on(name, `ip neigh replace 10.${own}.0.2 lladdr 02:00:00:00:0${own}:02 dev p0 nud permanent`),
    on(name, `ip -6 neigh replace fd00:${own}::2 lladdr 02:00:00:00:0${own}:02 dev p0 nud permanent`),
  ];
}

function podLines(name: string, number: number): readonly Line[] {
  return [
    on(name, 'ip link set e0 addrgenmode none gso_max_segs 1'),
    on(name, `ip addr add 10.${number}.0.2/24 dev e0`),
    on(name, `ip addr add fd00:${number}::2/64 dev e0 nodad`),
    on(name, 'ip link set e0 mtu 1450 up'),
    on(name, `ip neigh replace 10.${number}.0.1 lladdr 02:00:00:00:0${number}:01 dev e0 nud permanent`),
    on(name, `ip -6 neigh replace fd00:${number}::1 lladdr 02:00:00:00:0${number}:01 dev e0 nud permanent`),
    on(name, `ip route add default via 10.${number}.0.1`),
    on(name, `ip -6 route add default via fd00:${number}::1`),
  ];
}

/** Two nodes with a pod each, joined by a VXLAN in flannel's shape. */
export default construct({
  kind: 'layout',
  draw: (dice) => {
    const nodes = [node(1), node(2)];
    const pods = [pod('a', 1), pod('b', 2)];
    const settings = [
      dice.pick(['nolearning', 'nolearning', 'learning']),
      dice.pick(['', 'df set', 'df inherit']),
      dice.pick(['', 'ttl 9', 'ttl inherit']),
    ].join(' ');
    const wires: readonly Line[] = [
      on('n1', 'ip link add u0 address 02:00:00:00:09:01 type veth peer name u0 address 02:00:00:00:09:02 netns @n2'),
      ...[1, 2].map((number) =>
        on(
          `n${number}`,
          `ip link add p0 address 02:00:00:00:0${number}:01 type veth peer name e0 address 02:00:00:00:0${number}:02 netns @${number === 1 ? 'a' : 'b'}`,
        ),
      ),
    ];
    return {
      id: 'overlay',
      namespaces: [...pods, ...nodes],
      lines: [
        ...wires,
        ...nodes.flatMap((one, at) => nodeLines(one, at + 1, settings)),
        ...peerLines(1, 2),
        ...peerLines(2, 1),
        ...podLines('a', 1),
        ...podLines('b', 2),
      ],
      virtual: { 4: ['10.96.0.10'], 6: ['fd00:96::10'] },
    };
  },
});
