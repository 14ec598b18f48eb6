import type { Cluster, LabNode, LabPod, LabService } from '../vocabulary.ts';
import { above, macOf, prefixOf, sizeOf } from './address.ts';
import { type Dice, diceOf } from './dice.ts';

/** What a caller may fix of a cluster that is otherwise drawn. */
export type Wanted = {
  readonly minNodes?: number;
  readonly maxNodes?: number;
  readonly iptables?: 'legacy' | 'nft';
  readonly api?: boolean;
  /** The backends whose tools this machine has. */
  readonly backends?: readonly ('legacy' | 'nft')[];
};

type Shape = {
  readonly nodes: number;
  readonly network: string;
  readonly subnetLength: number;
  readonly underlay: string;
  readonly uplink: string;
  readonly bridge: string;
  readonly vni: number;
  readonly port: number;
  readonly iptables: 'legacy' | 'nft';
  /** Subnet numbers within the network, one for each node. */
  readonly subnets: readonly number[];
  readonly victim: number;
  readonly peer: number;
};

/** The seed that stands for seed 002's own shape instead of a drawn one. */
export const STORY_SEED = 'story';

const ETCD_PORT = 2379;
const PREFIX = '/coreos.com/network';
/** The second pods of so many first nodes are DNS servers. */
const DNS_SERVERS = 2;

/** Seed 002: D is 10.100.41.0/24, A is 10.100.54.0/24, the underlay is 192.168.1.0/24. */
function storyShape(wanted: Wanted): Shape {
  return {
    nodes: Math.max(4, wanted.minNodes ?? 4),
    network: '10.100.0.0/16',
    subnetLength: 24,
    underlay: '192.168.1.0/24',
    uplink: 'ens3',
    bridge: 'docker0',
    vni: 1,
    port: 8472,
    iptables: wanted.iptables ?? wanted.backends?.[0] ?? 'legacy',
    subnets: [54, 28, 77, 41, 12, 93, 66],
    victim: 3,
    peer: 0,
  };
}

function drawnShape(dice: Dice, wanted: Wanted): Shape {
  const least = Math.max(3, wanted.minNodes ?? 3);
  const nodes = least + dice.roll(Math.max(1, (wanted.maxNodes ?? 7) + 1 - least));
  const subnetLength = dice.pick([24, 24, 25, 26]);
  const network = dice.pick(['10.100.0.0/16', '10.244.0.0/16', '172.20.0.0/16', '10.42.0.0/16', '100.64.0.0/14']);
  const slots = sizeOf(prefixOf(network).length) / sizeOf(subnetLength);
  const subnets = new Set<number>();
  while (subnets.size < nodes) subnets.add(1 + dice.roll(slots - 2));
  const order = dice.shuffle([...Array(nodes).keys()]);
  return {
    nodes,
    network,
    subnetLength,
    underlay: dice.pick(['192.168.1.0/24', '192.168.56.0/22', '10.20.30.0/24', '172.31.8.0/21', '10.3.0.64/26']),
    uplink: dice.pick(['eth0', 'ens3', 'ens192', 'enp0s8', 'eno1']),
    bridge: dice.pick(['cni0', 'docker0', 'cbr0']),
    vni: dice.pick([1, 1, 1, 42, 4096]),
    port: dice.pick([8472, 8472, 4789]),
    iptables: wanted.iptables ?? dice.pick(wanted.backends ?? ['legacy', 'nft']),
    subnets: [...subnets],
    victim: order[0] ?? 0,
    peer: order[1] ?? 1,
  };
}

/** Draws one whole cluster from a seed; `story` is seed 002's own. */
export function drawCluster(seed: string, wanted: Wanted = {}): Cluster {
  const dice = diceOf(seed);
  const shape = seed === STORY_SEED ? storyShape(wanted) : drawnShape(dice, wanted);
  const nodes = Array.from({ length: shape.nodes }, (_, at) => drawNode(at, shape, dice));
  const others = nodes.filter((_, at) => at !== shape.victim && at !== shape.peer);
  const { base } = prefixOf(shape.underlay);
  const master = above(base, 2);
  return {
    nodes,
    victim: at(nodes, shape.victim),
    peer: at(nodes, shape.peer),
    other: at(others, 0),
    network: shape.network,
    underlay: { cidr: shape.underlay, gateway: above(base, 1) },
    services: servicesOf(nodes, master),
    etcd: { endpoint: `http://${master}:${ETCD_PORT}`, prefix: PREFIX },
    iptables: shape.iptables,
    api: wanted.api ?? false,
    dice: dice.roll,
  };
}

/** The same cluster for another play: its machines keep their parts, what the play itself draws is drawn by this seed. */
export const drawnAnew = (cluster: Cluster, seed: string): Cluster => ({ ...cluster, dice: diceOf(seed).roll });

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`a cluster without a node ${index}`);
  return found;
}

const drawMac = (dice: Dice): string => macOf(Array.from({ length: 6 }, () => dice.roll(256)));
const drawHex = (dice: Dice, digits: number): string => Array.from({ length: digits }, () => dice.roll(16).toString(16)).join('');

function drawNode(index: number, shape: Shape, dice: Dice): LabNode {
  const name = String.fromCharCode(65 + index);
  const { base: underlay, length: addressLength } = prefixOf(shape.underlay);
  const vtepAddress = above(prefixOf(shape.network).base, (shape.subnets[index] ?? 0) * sizeOf(shape.subnetLength));
  const address = above(underlay, 10 + index);
  const vtep = { device: `flannel.${shape.vni}`, mac: drawMac(dice), vni: shape.vni, port: shape.port };
  const data = `{"VNI":${shape.vni},"VtepMAC":"${vtep.mac}"}`;
  return {
    name,
    uplink: shape.uplink,
    address,
    addressLength,
    uplinkMac: drawMac(dice),
    vtep,
    bridge: shape.bridge,
    bridgeMac: drawMac(dice),
    subnet: `${vtepAddress}/${shape.subnetLength}`,
    vtepAddress,
    gateway: above(vtepAddress, 1),
    subnetLength: shape.subnetLength,
    leaseKey: `${PREFIX}/subnets/${vtepAddress}-${shape.subnetLength}`,
    leaseValue: `{"PublicIP":"${address}","PublicIPv6":null,"BackendType":"vxlan","BackendData":${data}}`,
    leaseId: `694da1fc${drawHex(dice, 8)}`,
    pods: [
      drawPod(`default/web-${name.toLowerCase()}`, 0, vtepAddress, dice),
      drawPod(
        index < DNS_SERVERS ? `kube-system/coredns-${name.toLowerCase()}` : `default/app-${name.toLowerCase()}`,
        1,
        vtepAddress,
        dice,
      ),
    ],
  };
}

function drawPod(name: string, index: number, subnet: string, dice: Dice): LabPod {
  return {
    name,
    netns: `cni-${drawHex(dice, 8)}-${drawHex(dice, 4)}`,
    address: above(subnet, 2 + index),
    mac: drawMac(dice),
    device: 'eth0',
    veth: `veth${drawHex(dice, 8)}`,
  };
}

const inOrder = (addresses: readonly string[]): readonly string[] => addresses.toSorted();

function servicesOf(nodes: readonly LabNode[], master: string): readonly LabService[] {
  // kube-proxy has its endpoints in the order of their names, so that the rules stay as they are when it makes them anew
  const web = inOrder(nodes.slice(0, 3).map(({ pods }) => pods[0].address));
  const dns = inOrder(nodes.slice(0, DNS_SERVERS).map(({ pods }) => pods[1].address));
  return [
    { name: 'default/kubernetes:https', clusterIp: '10.96.0.1', port: 443, protocol: 'tcp', targetPort: 6443, endpoints: [master] },
    { name: 'kube-system/kube-dns:dns', clusterIp: '10.96.0.10', port: 53, protocol: 'udp', targetPort: 53, endpoints: dns },
    { name: 'kube-system/kube-dns:dns-tcp', clusterIp: '10.96.0.10', port: 53, protocol: 'tcp', targetPort: 53, endpoints: dns },
    { name: 'default/web:http', clusterIp: '10.96.31.62', port: 80, protocol: 'tcp', targetPort: 8080, endpoints: web },
  ];
}
