import type { Device, Layout, Namespace } from '../conform/draw/layout.ts';
import type { Line } from '../conform/draw/rule.ts';
import { wire } from '../conform/draw/wiring.ts';

/** A node of the site. */
export type SiteNode = {
  readonly name: string;
  readonly number: number;
  /** The addresses that its Node object has. */
  readonly addresses: readonly [string, string];
  readonly pods: readonly SitePod[];
};

/** A pod of the site: a namespace behind its node's bridge. */
export type SitePod = { readonly name: string; readonly node: string; readonly addresses: readonly [string, string] };

/** Two nodes, three pods on each, and a client outside that can send by either node. */
export type Site = { readonly nodes: readonly [SiteNode, SiteNode]; readonly client: readonly ClientSide[]; readonly layout: Layout };

/** The client's addresses towards one node. */
export type ClientSide = { readonly node: string; readonly addresses: readonly string[] };

/** What pods are given addresses of. */
export const POD_RANGES = ['10.244.0.0/16', 'fd00:10:244::/56'] as const;

/** What Services are given addresses of. */
export const SERVICE_RANGES = ['10.96.0.0/16', 'fd00:10:96::/112'] as const;

/** Ports on which every pod listens; on all others its kernel refuses. */
export const LISTENS = { tcp: [8080, 8443], udp: [8053, 8080] } as const;

/** Where the API server is, seen from both nodes. */
export const API_ADDRESS = '172.31.0.1';

const PODS = [1, 2, 3];

const nodeOf = (number: number): SiteNode => ({
  name: `n${number}`,
  number,
  addresses: [`10.10.${number}.1`, `fd00:10:10:${number}::1`],
  pods: PODS.map((pod) => ({
    name: `p${number}${pod}`,
    node: `n${number}`,
    addresses: [`10.244.${number}.${10 + pod}`, `fd00:10:244:${number}::${10 + pod}`],
  })),
});

const mac = (...parts: readonly number[]): string => ['02', 'ab', ...parts.map((part) => part.toString(16).padStart(2, '0'))].join(':');

function nodeNamespace({ name, number, addresses, pods }: SiteNode): Namespace {
  const outside: Device = {
    name: 'eth0',
    mac: mac(number, 1, 0, 0),
    addresses: [`${addresses[0]}/24`, `${addresses[1]}/64`],
    peer: { namespace: 'c', device: `e${number}` },
  };
  // the cable between the nodes is told once
  const between: Device = {
    name: 'eth1',
    mac: mac(number, 2, 0, 0),
    addresses: [`10.20.0.${number}/24`, `fd00:10:20::${number}/64`],
    ...(number === 1 ? { peer: { namespace: 'n2', device: 'eth1' } } : {}),
  };
  const bridge: Device = { name: 'cni0', mac: mac(number, 3, 0, 0), addresses: [`10.244.${number}.1/24`, `fd00:10:244:${number}::1/64`] };
  const ports = pods.map(
    (pod, at): Device => ({
      name: `veth${pod.name}`,
      mac: mac(number, 4, 0, at),
      addresses: [],
      peer: { namespace: pod.name, device: 'eth0' },
      master: 'cni0',
    }),
  );
  return { name, role: 'router', devices: [outside, between, bridge, ...ports], listens: { tcp: [22], udp: [53] } };
}

const podNamespace = (pod: SitePod, at: number, node: SiteNode): Namespace => ({
  name: pod.name,
  role: 'end',
  devices: [{ name: 'eth0', mac: mac(node.number, 5, 0, at), addresses: [`${pod.addresses[0]}/24`, `${pod.addresses[1]}/64`] }],
  listens: LISTENS,
});

/** The last parts of the client's addresses in each node's network: some are in source ranges, some are not. */
const CLIENT_HOSTS = [50, 130];

const clientSide = ({ name, number }: SiteNode): ClientSide => ({
  node: name,
  addresses: CLIENT_HOSTS.flatMap((host) => [`10.10.${number}.${host}`, `fd00:10:10:${number}::${host}`]),
});

const clientNamespace = (sides: readonly ClientSide[]): Namespace => ({
  name: 'c',
  role: 'end',
  devices: sides.map((side, at) => ({
    name: `e${at + 1}`,
    mac: mac(9, 1, 0, at),
    addresses: side.addresses.map((address) => `${address}/${address.includes(':') ? 64 : 24}`),
  })),
  listens: { tcp: [], udp: [] },
});

/** What a real node and a real pod have beside their devices. */
function linesOf(nodes: readonly SiteNode[]): readonly Line[] {
  return nodes.flatMap(({ name, number, pods, addresses }) => {
    const other = 3 - number;
    const on = (run: string): Line => ({ in: name, run });
    return [
      on(
        'sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1',
      ),
      on(`ip route add 10.244.${other}.0/24 via 10.20.0.${other}`),
      on(`ip route add fd00:10:244:${other}::/64 via fd00:10:20::${other}`),
      // a way out into nowhere, as every node has one: without it the kernel's own limit on errors would show
      on(`ip route add default via 10.10.${number}.50`),
      on(`ip -6 route add default via fd00:10:10:${number}::50`),
      on(`ip route add 10.10.${other}.0/24 via 10.20.0.${other}`),
      on(`ip route add fd00:10:10:${other}::/64 via fd00:10:20::${other}`),
      ...pods.flatMap((pod) => [
        on(`bridge link set dev veth${pod.name} hairpin on`),
        { in: pod.name, run: `ip route add default via 10.244.${number}.1` },
        { in: pod.name, run: `ip route add default via fd00:10:244:${number}::1` },
      ]),
      // what the client sends from an address of a node's network goes by that node
      { in: 'c', run: `ip rule add from 10.10.${number}.0/24 lookup ${100 + number}` },
      { in: 'c', run: `ip route add default via ${addresses[0]} table ${100 + number}` },
      { in: 'c', run: `ip -6 rule add from fd00:10:10:${number}::/64 lookup ${100 + number}` },
      { in: 'c', run: `ip -6 route add default via ${addresses[1]} table ${100 + number}` },
      { in: 'c', run: `ip -6 route add default via ${addresses[1]} metric ${number}` },
    ];
  });
}

/**
 * Both nodes are one machine's namespaces here, and only numbers of their own tell which ends of cables belong together. What
 * forwards IPv6 needs an address of its link to ask for neighbours with.
 */
const asOnNodes = (line: Line, at: number): Line => ({
  ...line,
  run: line.run
    .replace(/^(ip link add \S+)(?= address \S+ type veth)/, `$1 index ${1000 + at}`)
    .replace('addrgenmode none', 'addrgenmode eui64'),
});

/** The site that kube-proxy's rules are loaded in. */
export function siteOf(): Site {
  const nodes = [nodeOf(1), nodeOf(2)] as const;
  const client = nodes.map(clientSide);
  const namespaces = [
    ...nodes.map(nodeNamespace),
    clientNamespace(client),
    ...nodes.flatMap((node) => node.pods.map((pod, at) => podNamespace(pod, at, node))),
  ];
  return {
    nodes,
    client,
    layout: { id: 'services', namespaces, lines: [...wire(namespaces).map(asOnNodes), ...linesOf(nodes)], virtual: { 4: [], 6: [] } },
  };
}
