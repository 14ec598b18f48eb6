import type { Facts } from '#facts/facts';
import { baseOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import { deviceName, flannelConfig, flannelDevice } from './device.ts';
import { leaseOf, leasesOf } from './home.ts';

/** What flanneld would make a node's VXLAN device of, with the MAC that the lease, and so every peer, names. */
export type WantedDevice = {
  readonly name: string;
  readonly instead?: string;
  readonly mac: Mac;
  readonly mtu: number;
  readonly vni: number;
  readonly local: Ip;
  readonly dev: string;
  readonly port: number;
  readonly address: Ip;
};

/** flannel's port where the configuration names none: the kernel's own default (drivers/net/vxlan). */
const KERNEL_PORT = 8472;
const OVERHEAD = 50;

/** The device that a node should have, as the configuration, its lease, its peers and its underlay say; with some settings given. */
export function remakeDevice(facts: Facts, node: string, given: Partial<WantedDevice> = {}): WantedDevice | undefined {
  const leases = leasesOf(facts);
  const lease = leases.is === 'seen' ? leaseOf(facts, node, leases.value) : undefined;
  const read = flannelDevice(facts, node);
  const now = read.is === 'seen' ? read.value : null;
  const config = flannelConfig(facts);
  const vni = given.vni ?? config?.vni ?? lease?.vni ?? now?.vxlan?.vni ?? peerValue(facts, node, 'vni');
  const port = given.port ?? config?.port ?? now?.vxlan?.port ?? peerValue(facts, node, 'port') ?? KERNEL_PORT;
  const mac = given.mac ?? lease?.vtepMac ?? now?.mac;
  const local = given.local ?? lease?.publicIp ?? now?.vxlan?.local;
  if (vni === undefined || mac === undefined || mac === null || local === undefined || local === null) return undefined;
  const lower = lowerDevice(facts, node, local);
  const address = given.address ?? (lease === undefined ? undefined : baseOf(lease.subnet));
  const dev = given.dev ?? lower?.name;
  const mtu = given.mtu ?? (lower?.mtu === undefined ? now?.mtu : lower.mtu - OVERHEAD);
  if (address === undefined || dev === undefined || mtu === undefined) return undefined;
  return { name: deviceName(vni), ...(now === null ? {} : { instead: now.name }), mac, mtu, vni, local, dev, port, address };
}

function peerValue(facts: Facts, node: string, setting: 'vni' | 'port'): number | undefined {
  for (const other of facts.nodes()) {
    const device = other === node ? undefined : flannelDevice(facts, other);
    const value = device?.is === 'seen' ? device.value?.vxlan?.[setting] : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The device that carries an address of the underlay. */
function lowerDevice(facts: Facts, node: string, local: Ip): { readonly name: string; readonly mtu: number | undefined } | undefined {
  const addresses = facts.seen('address', onNode(node));
  const name = addresses.is === 'seen' ? addresses.value.find(({ address }) => address === local)?.dev : undefined;
  const links = facts.seen('link', onNode(node));
  const link = links.is === 'seen' ? links.value.find((one) => one.name === name) : undefined;
  return link === undefined ? undefined : { name: link.name, mtu: link.mtu };
}
