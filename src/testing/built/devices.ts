import type { Ip } from '#net/ip';
import { type Mac, ZERO_MAC } from '#net/mac';
import type { BuiltNode, BuiltPod, Shape } from './shape.ts';
import type { Bare } from './written.ts';

const VXLAN_OVERHEAD = 50;

/** The MTU that is left inside the tunnel. */
export const podMtu = (shape: Shape): number => shape.uplinkMtu - VXLAN_OVERHEAD;

/** A device that is up and has nothing special. */
const plain = (name: string, index: number, type: string | null, mac: Mac, mtu: number): Bare<'link'> => ({
  name,
  index,
  type,
  mac,
  mtu,
  up: true,
  carrier: true,
  operState: type === 'vxlan' || name === 'lo' ? 'UNKNOWN' : 'UP',
  noArp: false,
  promiscuous: false,
  master: null,
  peerIndex: null,
  peerNsid: null,
  peerName: null,
  vxlan: null,
  bridge: null,
  port: null,
  gsoMaxSegs: 65535,
});

const loopback = (): Bare<'link'> => plain('lo', 1, 'loopback', ZERO_MAC, 65536);

/** All devices of a node's root namespace. */
export function nodeLinks(node: BuiltNode, shape: Shape): readonly Bare<'link'>[] {
  const { vtep } = node;
  const mtu = podMtu(shape);
  const tunnel = plain(vtep.device, 4, 'vxlan', vtep.mac, mtu);
  return [
    loopback(),
    plain(node.uplink, 2, null, node.uplinkMac, shape.uplinkMtu),
    { ...plain(node.bridge, 3, 'bridge', node.bridgeMac, mtu), bridge: { stp: false, vlanFiltering: false, ageingSeconds: 300 } },
    {
      ...tunnel,
      vxlan: {
        vni: vtep.vni,
        local: node.address,
        remote: null,
        group: null,
        dev: node.uplink,
        port: vtep.port,
        learning: false,
        external: false,
        df: 'unset',
      },
    },
    ...node.pods.map((pod) => podEnd(node, pod, mtu)),
  ];
}

/** The node's end of a pod's veth, a port of the bridge. */
function podEnd(node: BuiltNode, pod: BuiltPod, mtu: number): Bare<'link'> {
  return {
    ...plain(pod.veth, pod.vethIndex, 'veth', pod.vethMac, mtu),
    master: node.bridge,
    peerIndex: pod.deviceIndex,
    peerNsid: pod.nsid,
    port: { state: 'forwarding', hairpin: true, isolated: false, learning: true, flood: true },
  };
}

/** The devices inside a pod. */
export const podLinks = (pod: BuiltPod, shape: Shape): readonly Bare<'link'>[] => [
  loopback(),
  {
    ...plain(pod.device, pod.deviceIndex, 'veth', pod.mac, podMtu(shape)),
    peerIndex: pod.vethIndex,
    peerNsid: 0,
    gsoMaxSegs: 1,
  },
];

/** An address on a device, as `ip addr` shows one. */
export const onDevice = (dev: string, address: Ip, length: number, broadcast: Ip | null, scope = 'global'): Bare<'address'> => ({
  dev,
  address,
  length,
  peer: null,
  broadcast,
  scope,
  secondary: false,
  deprecated: false,
  label: dev,
});

/** The forwarding databases of a node: remote VTEPs, the ports' own addresses, what the bridge has learnt. */
export function nodeFdb(node: BuiltNode, peers: readonly BuiltNode[]): readonly Bare<'fdb'>[] {
  const entry = (dev: string, mac: Mac, more: Partial<Bare<'fdb'>>): Bare<'fdb'> => ({
    dev,
    mac,
    dst: null,
    vlan: null,
    vni: null,
    port: null,
    via: null,
    master: null,
    self: false,
    state: 'permanent',
    local: false,
    ...more,
  });
  return [
    ...peers.map((peer) => entry(node.vtep.device, peer.vtep.mac, { dst: peer.address, self: true })),
    entry(node.bridge, node.bridgeMac, { master: node.bridge, local: true }),
    ...node.pods.flatMap((pod) => [
      entry(pod.veth, pod.vethMac, { master: node.bridge, local: true }),
      entry(pod.veth, pod.mac, { master: node.bridge, state: 'reachable' }),
    ]),
  ];
}
