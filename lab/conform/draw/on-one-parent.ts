import type { Dice } from '../../draw/dice.ts';
import type { Device, Layout, Namespace } from './layout.ts';
import type { Line } from './rule.ts';
import { liberal } from './wiring.ts';

/** Devices of pods that stand on their node's wire. */
export type OnParent = {
  readonly id: string;
  /** How a device of a namespace is made, behind `type`. */
  readonly kind: (namespace: string) => string;
  /** What is run about a device once it is there. */
  readonly settings?: (namespace: string) => readonly string[];
  /** One pod has the whole wire. */
  readonly isAlone?: true;
  /** Whether each has an Ethernet address of its own; else all have the wire's. */
  readonly ownMacs: boolean;
};

const WIRE = '02:00:00:00:04:01';
const BRIDGE = '02:00:00:00:04:fe';
const cidrs = (host: number | string): readonly string[] => [`10.4.0.${host}/24`, `fd00:4::${host}/64`];

/** A pod's device, or one that the node itself has on its wire. */
const above = (name: string, number: number, { ownMacs }: OnParent): Device => ({
  name,
  mac: ownMacs ? `02:00:00:00:04:0${number}` : WIRE,
  addresses: cidrs(number),
  ...(name === 'e0' ? { parent: { namespace: 'n', device: 'u0' } } : {}),
});

const end = (name: string, device: Device): Namespace => ({
  name,
  role: 'end',
  devices: [device],
  listens: { udp: [53, 8080], tcp: [80] },
});

/** Two pods on the wire of their node, and a switch at its other end, which may send frames back by the port that they came in by; one more end there. */
export function onOneParent(dice: Dice, parent: OnParent): Layout {
  const hasOwn = parent.isAlone !== true && dice.roll(3) === 0;
  const [a, b] = [end('a', above('e0', 2, parent)), end('b', above('e0', 3, parent))];
  const c = end('c', { name: 'e0', mac: '02:00:00:00:04:04', addresses: cidrs(4) });
  const wire: Device = { name: 'u0', mac: WIRE, addresses: cidrs(1) };
  const own = hasOwn ? [above('m0', 9, parent)] : [];
  const node: Namespace = { name: 'n', role: 'router', devices: [wire, ...own], listens: { udp: [53], tcp: [80] } };
  const bridge: Device = { name: 'br0', mac: BRIDGE, addresses: cidrs(254) };
  const ports = ['p1', 'p2'].map((name): Device => ({ name, mac: `02:00:00:00:05:0${name[1]}`, addresses: [], master: 'br0' }));
  const middle: Namespace = { name: 's', role: 'switch', devices: [bridge, ...ports], listens: { udp: [53], tcp: [80] } };
  const pods = parent.isAlone === true ? [a] : [a, b];
  const namespaces = [...pods, c, node, middle];
  const on = (name: string, runs: readonly string[]): readonly Line[] => runs.map((run) => ({ in: name, run }));
  const stacked: readonly (readonly [string, Device])[] = [
    ...pods.flatMap(({ name, devices }) => devices.map((one) => [name, one] as const)),
    ...own.map((one) => ['n', one] as const),
  ];
  return {
    id: parent.id,
    namespaces,
    lines: [
      ...on('s', [
        `ip link add p1 address ${ports[0]?.mac} type veth peer name u0 address ${WIRE} netns @n`,
        `ip link add p2 address ${ports[1]?.mac} type veth peer name e0 address 02:00:00:00:04:04 netns @c`,
      ]),
      ...on('n', [
        'ip link set u0 addrgenmode none gso_max_segs 1',
        'ip link set u0 up',
        ...stacked.map(([to, { name, mac }]) => {
          const address = parent.ownMacs ? ` address ${mac}` : '';
          return `ip link add link u0 name ${name}${address} netns @${to} type ${parent.kind(to)}`;
        }),
        'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1',
      ]),
      ...stacked.flatMap(([to]) => on(to, parent.settings?.(to) ?? [])),
      ...switchLines(dice, namespaces),
      ...namespaces.flatMap((one) => addressLines(one, namespaces)),
      ...[...pods, c, node].flatMap(({ name }) =>
        on(name, ['ip route add default via 10.4.0.254', 'ip -6 route add default via fd00:4::254']),
      ),
      // the node reaches its pods by a device of its own beside theirs
      ...(hasOwn
        ? on(
            'n',
            [2, 3].flatMap((to) => [`ip route add 10.4.0.${to}/32 dev m0`, `ip -6 route add fd00:4::${to}/128 dev m0`]),
          )
        : []),
      ...liberal(namespaces),
    ],
    virtual: { 4: ['10.96.0.10'], 6: ['fd00:96::10'] },
  };
}

/** What is not known where is told by one copy alone: ports do not flood, and stations are known. */
function switchLines(dice: Dice, namespaces: readonly Namespace[]): readonly Line[] {
  const behind = new Map(
    namespaces.flatMap(({ name, devices }) => (name === 's' ? [] : devices.map(({ mac }) => [mac, name === 'c' ? 'p2' : 'p1'] as const))),
  );
  const shown = dice.roll(2);
  return [
    'ip link add br0 type bridge stp_state 0 forward_delay 0',
    `ip link set br0 address ${BRIDGE} addrgenmode none`,
    ...['p1', 'p2'].flatMap((name) => [
      `ip link set ${name} master br0 addrgenmode none`,
      `bridge link set dev ${name} flood off learning off`,
      `ip link set ${name} up`,
    ]),
    `bridge link set dev p1 hairpin ${dice.pick(['on', 'off'])}`,
    ...[...behind].map(([mac, port]) => `bridge fdb replace ${mac} dev ${port} master static`),
    'ip link set br0 up',
    'ip route add blackhole 10.96.0.0/16',
    'ip -6 route add blackhole fd00:96::/64',
    `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.conf.br0.send_redirects=0 net.bridge.bridge-nf-call-iptables=${shown} net.bridge.bridge-nf-call-ip6tables=${shown}`,
  ].map((run) => ({ in: 's', run }));
}

/** Addresses of a namespace, and permanent entries for all others'. */
function addressLines({ name, devices }: Namespace, all: readonly Namespace[]): readonly Line[] {
  const others = all.flatMap((other) => (other.name === name ? [] : other.devices.map(({ mac, addresses }) => ({ mac, addresses }))));
  return devices
    .filter(({ addresses }) => addresses.length > 0)
    .flatMap(({ name: device, addresses }) => [
      ...(device === 'br0' || device === 'u0' ? [] : [`ip link set ${device} addrgenmode none gso_max_segs 1`]),
      ...addresses.map((address) => `ip addr add ${address} dev ${device}${address.includes(':') ? ' nodad' : ''}`),
      `ip link set ${device} up`,
      ...others.flatMap(({ mac, addresses: theirs }) =>
        theirs.map((address) => `ip neigh replace ${address.split('/')[0]} lladdr ${mac} dev ${device} nud permanent`),
      ),
    ])
    .map((run) => ({ in: name, run }));
}
