import type { Cluster, LabNode, LabPod } from '../vocabulary.ts';

/** Bytes that VXLAN takes of every packet. */
export const VXLAN_OVERHEAD = 50;
export const UNDERLAY_MTU = 1500;
export const POD_MTU = UNDERLAY_MTU - VXLAN_OVERHEAD;

/** Milliseconds between two ARP requests: three of them tell within a second that nobody answers (the kernel's own default takes three). */
const ARP_RETRANS_MS = 300;

/** A device that somebody makes anew has the kernel's own default again: every namespace's devices begin with the first one's (neigh_parms_alloc). */
const asksOften = (device: string): string => `ntable change name arp_cache dev ${device} retrans ${ARP_RETRANS_MS}`;

/** `ip -batch` lines by which the devices of a node, and that of a pod, ask for their neighbours as often as when they were made. */
export const nodeAsking = ({ uplink, bridge, vtep }: LabNode): readonly string[] => [uplink, bridge, vtep.device].map(asksOften);
export const podAsking = ({ device }: LabPod): readonly string[] => [asksOften(device)];

/** `ip -batch` lines that make a node's devices and what flanneld programs for its peers. */
export function nodeLinks(cluster: Cluster, node: LabNode): readonly string[] {
  const { vtep, bridge, uplink } = node;
  return [
    'link set lo up',
    `addr add ${node.address}/${node.addressLength} brd + dev ${uplink}`,
    `link set ${uplink} up`,
    asksOften(uplink),
    `route add default via ${cluster.underlay.gateway} dev ${uplink}`,
    `link add ${bridge} address ${node.bridgeMac} type bridge`,
    `link set ${bridge} mtu ${POD_MTU}`,
    `addr add ${node.gateway}/${node.subnetLength} brd + dev ${bridge}`,
    `link set ${bridge} up`,
    asksOften(bridge),
    `link add ${vtep.device} mtu ${POD_MTU} address ${vtep.mac} type vxlan id ${vtep.vni} local ${node.address} dev ${uplink} dstport ${vtep.port} nolearning`,
    `addr add ${node.vtepAddress}/32 dev ${vtep.device}`,
    `link set ${vtep.device} up`,
    asksOften(vtep.device),
    ...node.pods.flatMap((pod) => podVeth(node, pod)),
    ...peersOf(cluster, node).flatMap((peer) => [
      `route add ${peer.subnet} via ${peer.vtepAddress} dev ${vtep.device} onlink`,
      `neigh replace ${peer.vtepAddress} lladdr ${peer.vtep.mac} dev ${vtep.device} nud permanent`,
    ]),
  ];
}

/** `bridge -batch` lines: where each peer's VTEP MAC lives. */
export const nodeFdb = (cluster: Cluster, node: LabNode): readonly string[] =>
  peersOf(cluster, node).map((peer) => `fdb append ${peer.vtep.mac} dev ${node.vtep.device} dst ${peer.address} self permanent`);

const peersOf = (cluster: Cluster, node: LabNode): readonly LabNode[] => cluster.nodes.filter(({ name }) => name !== node.name);

function podVeth(node: LabNode, pod: LabPod): readonly string[] {
  return [
    `link add ${pod.veth} mtu ${POD_MTU} type veth peer name ${pod.device} mtu ${POD_MTU} address ${pod.mac} netns ${pod.netns}`,
    `link set ${pod.veth} master ${node.bridge}`,
    `link set ${pod.veth} type bridge_slave hairpin on`,
    `link set ${pod.veth} up`,
  ];
}

/** `ip -batch` lines inside a pod. Without `gso_max_segs 1` a too small MTU on the way would not hurt TCP, as veth passes whole bundles. */
export const podLinks = (node: LabNode, pod: LabPod): readonly string[] => [
  'link set lo up',
  `link set ${pod.device} gso_max_segs 1`,
  `addr add ${pod.address}/${node.subnetLength} brd + dev ${pod.device}`,
  `link set ${pod.device} up`,
  asksOften(pod.device),
  `route add default via ${node.gateway} dev ${pod.device}`,
];

/** `ip -batch` lines in the switch's namespace: the underlay bridge with one port for each machine. */
export function switchLinks(cluster: Cluster, holders: { etcd: number; nodes: ReadonlyMap<string, number> }): readonly string[] {
  const { cidr, gateway } = cluster.underlay;
  const port = (name: string, device: string, pid: number, mac?: string): readonly string[] => [
    `link add ${name} type veth peer name ${device} ${mac === undefined ? '' : `address ${mac} `}netns ${pid}`,
    `link set ${name} master br0`,
    `link set ${name} up`,
  ];
  return [
    'link set lo up',
    'link add br0 type bridge',
    `addr add ${gateway}/${cidr.split('/')[1]} dev br0`,
    'link set br0 up',
    ...port('etcd', 'eth0', holders.etcd),
    ...cluster.nodes.flatMap((node) => port(node.name, node.uplink, holders.nodes.get(node.name) ?? 0, node.uplinkMac)),
  ];
}
