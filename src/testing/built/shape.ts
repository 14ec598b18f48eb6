import { type Cidr, parseCidr } from '#net/cidr';
import { type Ip, fromBits, ip, parseIp, toBits } from '#net/ip';
import { type Mac, parseMac } from '#net/mac';
import type { Scope } from '#snapshot/scope';

/** What a built cluster may be asked to look like; everything has a value by itself. */
export type Shape = {
  readonly nodes: number;
  readonly podsPerNode: number;
  readonly network: string;
  readonly subnetLength: number;
  /** The first node's underlay address; its prefix length. */
  readonly firstAddress: string;
  readonly underlayLength: number;
  readonly uplink: string;
  readonly uplinkMtu: number;
  readonly bridge: string;
  readonly vni: number;
  readonly port: number;
  readonly iptables: 'legacy' | 'nft';
  /** Services beyond the usual four, each with two endpoints. */
  readonly extraServices: number;
};

export const USUAL_SHAPE: Shape = {
  nodes: 4,
  podsPerNode: 2,
  network: '10.100.0.0/16',
  subnetLength: 24,
  firstAddress: '192.168.1.10',
  underlayLength: 24,
  uplink: 'ens3',
  uplinkMtu: 1500,
  bridge: 'cni0',
  vni: 1,
  port: 8472,
  iptables: 'legacy',
  extraServices: 0,
};

/** A pod of a built cluster. */
export type BuiltPod = {
  /** `default/web-a`. */
  readonly name: string;
  readonly netns: string;
  readonly scope: Scope;
  readonly node: string;
  readonly address: Ip;
  readonly mac: Mac;
  readonly device: string;
  readonly deviceIndex: number;
  readonly veth: string;
  readonly vethMac: Mac;
  readonly vethIndex: number;
  /** By which number the node knows the pod's namespace. */
  readonly nsid: number;
};

/** A node of a built cluster; the names are those of the lab's nodes. */
export type BuiltNode = {
  readonly name: string;
  readonly scope: Scope;
  readonly uplink: string;
  readonly address: Ip;
  readonly addressLength: number;
  readonly uplinkMac: Mac;
  readonly vtep: { readonly device: string; readonly mac: Mac; readonly vni: number; readonly port: number };
  readonly bridge: string;
  readonly bridgeMac: Mac;
  readonly subnet: Cidr;
  readonly vtepAddress: Ip;
  readonly gateway: Ip;
  readonly subnetLength: number;
  readonly leaseKey: string;
  readonly pods: readonly BuiltPod[];
};

export const above = (base: Ip, by: number): Ip => fromBits(toBits(base) + BigInt(by), 4);

const parsed = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('a built cluster with an impossible shape');
  return value;
};

/** A locally administered MAC address that tells what it belongs to. */
export const builtMac = (what: number, node: number, item = 0): Mac =>
  parsed(
    parseMac(
      ['02', what.toString(16), '00', (node >> 8).toString(16), (node & 255).toString(16), (item & 255).toString(16)]
        .map((octet) => octet.padStart(2, '0'))
        .join(':'),
    ),
  );

/** Names of nodes: A … Z, then AA …. */
export const nodeName = (index: number): string =>
  index < 26 ? String.fromCharCode(65 + index) : nodeName(Math.floor(index / 26) - 1) + nodeName(index % 26);

/** Third octets as in the incident that the shape is taken from, then whatever is free. */
const SUBNETS = [54, 28, 77, 41, 12, 93, 66];

function subnetBase(shape: Shape, index: number): Ip {
  const size = 2 ** (32 - shape.subnetLength);
  const number = SUBNETS[index] ?? 93 + index;
  return above(parsed(parseIp(shape.network.split('/')[0] ?? '')), number * size);
}

/** The nodes of a cluster with all their names and addresses. */
export function builtNodes(shape: Shape): readonly BuiltNode[] {
  return Array.from({ length: shape.nodes }, (_, index) => {
    const name = nodeName(index);
    const vtepAddress = subnetBase(shape, index);
    return {
      name,
      scope: { node: name, netns: '' },
      uplink: shape.uplink,
      address: above(parsed(parseIp(shape.firstAddress)), index),
      addressLength: shape.underlayLength,
      uplinkMac: builtMac(1, index),
      vtep: { device: `flannel.${shape.vni}`, mac: builtMac(2, index), vni: shape.vni, port: shape.port },
      bridge: shape.bridge,
      bridgeMac: builtMac(3, index),
      subnet: parsed(parseCidr(`${vtepAddress}/${shape.subnetLength}`)),
      vtepAddress,
      gateway: above(vtepAddress, 1),
      subnetLength: shape.subnetLength,
      leaseKey: `/coreos.com/network/subnets/${vtepAddress}-${shape.subnetLength}`,
      pods: Array.from({ length: shape.podsPerNode }, (__, pod) => builtPod(name, index, pod, vtepAddress)),
    };
  });
}

function builtPod(node: string, index: number, pod: number, base: Ip): BuiltPod {
  const role = ['web', 'app'][pod] ?? `pod${pod}`;
  const netns = `cni-${builtMac(4, index, pod).replaceAll(':', '')}`;
  return {
    name: `default/${role}-${node.toLowerCase()}`,
    netns,
    scope: { node, netns },
    node,
    address: above(base, 2 + pod),
    mac: builtMac(4, index, pod),
    device: 'eth0',
    deviceIndex: 2,
    veth: `veth${builtMac(5, index, pod).replaceAll(':', '').slice(4)}`,
    vethMac: builtMac(5, index, pod),
    vethIndex: 10 + pod,
    nsid: pod,
  };
}

/** The underlay's gateway: the first address of the nodes' prefix. */
export const underlayGateway = (shape: Shape): Ip =>
  above(ip`${parsed(parseCidr(`${shape.firstAddress}/${shape.underlayLength}`)).split('/')[0] ?? ''}`, 1);
