import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { baseOf, contains, overlaps } from '#net/cidr';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import type { Seen } from '#snapshot/seen';
import { flannelDevice } from './device.ts';

type Lease = FactOf<'lease'>;
type Address = FactOf<'address'>;

/** The leases that are flannel's, in etcd or on the Node objects. */
export const leasesOf = (facts: Facts): Seen<readonly Lease[]> => facts.seen('lease', CLUSTER);

const addressesOn = (facts: Facts, node: string): readonly Address[] => {
  const addresses = facts.seen('address', onNode(node));
  return addresses.is === 'seen' ? addresses.value : [];
};

/** The captured node that a fact speaks for. */
export type Placed<F> = { readonly node: string; readonly fact: F };

/**
 * The captured node that lives in a lease's subnet: its subnet.env names it, or its VXLAN device carries the subnet's first
 * address, or its pod bridge one of its addresses. Nothing when no captured node does.
 */
export function homeOf(facts: Facts, lease: Lease): Home | undefined {
  const known = homes.get(facts) ?? new Map<string, Home | undefined>();
  homes.set(facts, known);
  if (!known.has(lease.subnet)) known.set(lease.subnet, findHome(facts, lease));
  return known.get(lease.subnet);
}

type Home = Placed<Address | FactOf<'subnet-env'>>;

/** Facts are immutable, so where a subnet is at home is found once. */
const homes = new WeakMap<Facts, Map<string, Home | undefined>>();

function findHome(facts: Facts, lease: Lease): Home | undefined {
  const nodes = facts.nodes();
  for (const find of [bySubnetEnv, byVtepAddress, byBridge]) {
    for (const node of nodes) {
      const fact = livesElsewhere(facts, node, lease) ? undefined : find(facts, node, lease);
      if (fact !== undefined) return { node, fact };
    }
  }
  return undefined;
}

/** flanneld itself wrote down that the node lives in another subnet; where that was not read, an overlapping lease is the node's own and this one is not. */
function livesElsewhere(facts: Facts, node: string, lease: Lease): boolean {
  const files = facts.seen('subnet-env', onNode(node));
  if (files.is === 'seen' && files.value.some((file) => file.subnet !== undefined))
    return files.value.every((file) => file.subnet !== lease.subnet);
  const isOwn = ({ publicIp }: Lease): boolean => addressesOn(facts, node).some(({ address }) => address === publicIp);
  const leases = leasesOf(facts);
  return leases.is === 'seen' && !isOwn(lease) && leases.value.some((one) => overlaps(one.subnet, lease.subnet) && isOwn(one));
}

function byVtepAddress(facts: Facts, node: string, { subnet }: Lease): Address | undefined {
  const device = flannelDevice(facts, node);
  const name = device.is === 'seen' ? device.value?.name : undefined;
  return addressesOn(facts, node).find(({ dev, address }) => dev === name && address === baseOf(subnet));
}

function bySubnetEnv(facts: Facts, node: string, { subnet }: Lease): FactOf<'subnet-env'> | undefined {
  const files = facts.seen('subnet-env', onNode(node));
  return files.is === 'seen' ? files.value.find((file) => file.subnet === subnet) : undefined;
}

function byBridge(facts: Facts, node: string, { subnet }: Lease): Address | undefined {
  return addressesOn(facts, node).find(({ address, length }) => length < 32 && contains(subnet, address));
}

/** The lease whose first address the VXLAN device of a node carries. */
export function vtepLease(facts: Facts, node: string): Lease | undefined {
  const leases = leasesOf(facts);
  return leases.is === 'seen' ? leases.value.find((lease) => byVtepAddress(facts, node, lease) !== undefined) : undefined;
}

/** The captured nodes that have an address on a device of their root namespace. */
export function machinesAt(facts: Facts, address: Ip): readonly Placed<Address>[] {
  return facts.nodes().flatMap((node) => {
    const fact = addressesOn(facts, node).find((one) => one.address === address);
    return fact === undefined ? [] : [{ node, fact }];
  });
}

/** The lease that a node lives in: by its subnet, else by its underlay address. */
export function leaseOf(facts: Facts, node: string, leases: readonly Lease[]): Lease | undefined {
  const own = leases.find((lease) => homeOf(facts, lease)?.node === node);
  return (
    own ??
    leases.find(
      ({ publicIp }) => publicIp !== undefined && publicIp !== null && machinesAt(facts, publicIp).some((one) => one.node === node),
    )
  );
}

/** The address of a node that flanneld tells its peers: the VXLAN device's local one, else the one beside the default route. */
export function underlayAddress(facts: Facts, node: string): Ip | undefined {
  const device = flannelDevice(facts, node);
  const local = device.is === 'seen' ? device.value?.vxlan?.local : undefined;
  if (local !== undefined && local !== null) return local;
  const routes = facts.seen('route', onNode(node));
  const uplink =
    routes.is === 'seen' ? routes.value.find(({ to, table }) => to === '0.0.0.0/0' && table === 'main')?.hops[0]?.dev : undefined;
  return addressesOn(facts, node).find(({ dev, scope }) => dev === uplink && scope !== 'link')?.address;
}
