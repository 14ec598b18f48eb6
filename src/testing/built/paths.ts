import { type Cidr, cidrOf, everything, lastAddress } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { onDevice } from './devices.ts';
import { PLAIN_RULE } from './plain-rule.ts';
import { type BuiltNode, type BuiltPod, type Shape, underlayGateway } from './shape.ts';
import type { Bare } from './written.ts';

type Route = Bare<'route'>;

const route = (to: Cidr, dev: string, more: Partial<Route> = {}): Route => ({
  table: 'main',
  type: 'unicast',
  to,
  hops: [{ dev, via: null, onlink: false, weight: 1, dead: false }],
  nexthopId: null,
  metric: 0,
  source: null,
  scope: 'global',
  protocol: 'boot',
  mtu: null,
  tos: 0,
  ...more,
});

const through = (to: Cidr, via: Ip, dev: string, onlink = false): Route =>
  route(to, dev, { hops: [{ dev, via, onlink, weight: 1, dead: false }] });

/** What the kernel puts into table local and main for an address. */
function ownRoutes(dev: string, address: Ip, length: number, prefixRoute = true): readonly Route[] {
  const kernel = { protocol: 'kernel', source: address } as const;
  const prefix = cidrOf(address, length);
  const local = route(cidrOf(address, 32), dev, { ...kernel, table: 'local', type: 'local', scope: 'host' });
  if (length === 32) return [local];
  return [
    ...(prefixRoute ? [route(prefix, dev, { ...kernel, scope: 'link' })] : []),
    local,
    route(cidrOf(lastAddress(prefix), 32), dev, { ...kernel, table: 'local', type: 'broadcast', scope: 'link' }),
  ];
}

const LOOPBACK: readonly Route[] = [
  route(cidrOf(ip`127.0.0.0`, 8), 'lo', { table: 'local', type: 'local', scope: 'host', protocol: 'kernel', source: ip`127.0.0.1` }),
  ...ownRoutes('lo', ip`127.0.0.1`, 8, false),
];

/** The addresses of a node. */
export const nodeAddresses = (node: BuiltNode): readonly Bare<'address'>[] => [
  onDevice('lo', ip`127.0.0.1`, 8, null, 'host'),
  onDevice(node.uplink, node.address, node.addressLength, lastAddress(cidrOf(node.address, node.addressLength))),
  onDevice(node.bridge, node.gateway, node.subnetLength, lastAddress(node.subnet)),
  onDevice(node.vtep.device, node.vtepAddress, 32, null),
];

/** The routes of a node: what its addresses give, and one per peer as flanneld programs it. */
export const nodeRoutes = (node: BuiltNode, peers: readonly BuiltNode[], shape: Shape): readonly Route[] => [
  through(everything(4), underlayGateway(shape), node.uplink),
  ...peers.map((peer) => through(peer.subnet, peer.vtepAddress, node.vtep.device, true)),
  ...ownRoutes(node.uplink, node.address, node.addressLength),
  ...ownRoutes(node.bridge, node.gateway, node.subnetLength),
  ...ownRoutes(node.vtep.device, node.vtepAddress, 32),
  ...LOOPBACK,
];

/** The neighbours of a node: peers of the underlay, VTEPs as flanneld programs them, its own pods. */
export function nodeNeighbours(node: BuiltNode, peers: readonly BuiltNode[]): readonly Bare<'neighbour'>[] {
  return [
    ...peers.map((peer) => ({ dev: node.uplink, address: peer.address, mac: peer.uplinkMac, state: 'reachable' as const, proxy: false })),
    ...peers.map((peer) => ({
      dev: node.vtep.device,
      address: peer.vtepAddress,
      mac: peer.vtep.mac,
      state: 'permanent' as const,
      proxy: false,
    })),
    ...node.pods.map((pod) => ({ dev: node.bridge, address: pod.address, mac: pod.mac, state: 'stale' as const, proxy: false })),
  ];
}

export const podAddresses = (pod: BuiltPod, node: BuiltNode): readonly Bare<'address'>[] => [
  onDevice('lo', ip`127.0.0.1`, 8, null, 'host'),
  onDevice(pod.device, pod.address, node.subnetLength, lastAddress(node.subnet)),
];

export const podRoutes = (pod: BuiltPod, node: BuiltNode): readonly Route[] => [
  through(everything(4), node.gateway, pod.device),
  ...ownRoutes(pod.device, pod.address, node.subnetLength),
  ...LOOPBACK,
];

export const podNeighbours = (pod: BuiltPod, node: BuiltNode): readonly Bare<'neighbour'>[] => [
  { dev: pod.device, address: node.gateway, mac: node.bridgeMac, state: 'stale', proxy: false },
];

/** The three rules that every namespace has. */
export const USUAL_RULES: readonly Bare<'rule'>[] = (
  [
    [0, 'local'],
    [32766, 'main'],
    [32767, 'default'],
  ] as const
).map(([priority, table]) => ({
  ...PLAIN_RULE,
  priority,
  action: { does: 'lookup', table },
}));
