import type { Cluster, LabNode, LabPod } from '../vocabulary.ts';

const pod = (at: number): LabPod => ({
  name: `default/web-${at}`,
  netns: `web-${at}`,
  address: `10.100.41.1${at}`,
  mac: `0a:58:0a:64:29:1${at}`,
  device: 'eth0',
  veth: `veth${at}`,
});

const node: LabNode = {
  name: 'lab',
  uplink: 'u0',
  address: '192.0.2.1',
  addressLength: 24,
  uplinkMac: '02:00:00:00:00:01',
  vtep: { device: 'flannel.1', mac: '02:00:00:00:00:02', vni: 1, port: 8472 },
  bridge: 'cni0',
  bridgeMac: '0a:58:0a:64:29:01',
  subnet: '10.100.41.0/24',
  vtepAddress: '10.100.41.0',
  gateway: '10.100.41.1',
  subnetLength: 24,
  leaseKey: '',
  leaseValue: '',
  leaseId: '',
  pods: [pod(1), pod(2), pod(3)],
};

/** A guest as a cluster of one node with three pods. */
export const oneNode: Cluster = {
  nodes: [node],
  victim: node,
  peer: node,
  other: node,
  network: '10.100.0.0/16',
  underlay: { cidr: '192.0.2.0/24', gateway: '192.0.2.254' },
  services: [],
  etcd: { endpoint: '', prefix: '' },
  iptables: 'nft',
  api: false,
  dice: () => 0,
};

/** What makes it, in the guest's root namespace: one script, for there a program takes long to start. */
export const RAISED: string = [
  'set -e',
  'mkdir -p /etc/sysctl.d; echo net.ipv4.ip_forward=1 >/etc/sysctl.d/90-router.conf',
  'sysctl -qw net.ipv4.ip_forward=1',
  'ip link set lo up',
  `ip link add ${node.uplink} address ${node.uplinkMac} type dummy`,
  `ip addr add ${node.address}/${node.addressLength} dev ${node.uplink}`,
  `ip link set ${node.uplink} up`,
  `ip link add ${node.bridge} address ${node.bridgeMac} type bridge`,
  `ip addr add ${node.gateway}/${node.subnetLength} dev ${node.bridge}`,
  `ip link set ${node.bridge} up`,
  ...node.pods.flatMap(({ netns, veth, device, mac, address }) => [
    `ip netns add ${netns}`,
    `ip -n ${netns} link set lo up`,
    `ip link add ${veth} type veth peer name ${device} address ${mac} netns ${netns}`,
    `ip link set ${veth} master ${node.bridge} up`,
    `bridge link set dev ${veth} hairpin on`,
    `ip -n ${netns} addr add ${address}/${node.subnetLength} dev ${device}`,
    `ip -n ${netns} link set ${device} up`,
    `ip -n ${netns} route add default via ${node.gateway}`,
  ]),
].join('\n');
