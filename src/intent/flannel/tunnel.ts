import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { flannelDevice } from './device.ts';
import { homeOf, leasesOf, machinesAt } from './home.ts';
import { type Peer, peerOf } from './peers.ts';

type Lease = FactOf<'lease'>;
type Link = FactOf<'link'>;

/** One direction of the overlay between two captured nodes: the lease, what the sender holds for it, what the receiver really is. */
export type Tunnel = {
  readonly from: string;
  readonly to: string;
  readonly lease: Lease;
  /** The sender's VXLAN device, and what it holds for the lease. */
  readonly device: Link;
  readonly held: Peer;
  /** The receiver's VXLAN device, where it was read and exists. */
  readonly far: Link | null;
};

/** The lease in which a captured node lives. */
export function leaseOfNode(facts: Facts, node: string): Seen<Lease | null> {
  const leases = leasesOf(facts);
  if (leases.is === 'gap') return leases;
  return seen(leasesByNode(facts, leases.value).get(node) ?? null, leases.origins, leases.complete);
}

/** Facts are immutable, so who lives where, and what each holds for each, is found once. */
const lived = new WeakMap<Facts, ReadonlyMap<string, Lease>>();
const tunnels = new WeakMap<Facts, Map<string, Seen<Tunnel | null>>>();

function leasesByNode(facts: Facts, leases: readonly Lease[]): ReadonlyMap<string, Lease> {
  let known = lived.get(facts);
  if (known === undefined) {
    // the first of several leases of one node counts
    known = new Map(
      leases.toReversed().flatMap((lease) =>
        Array.from(
          [homeOf(facts, lease)?.node].filter((node) => node !== undefined),
          (node) => [node, lease] as const,
        ),
      ),
    );
    lived.set(facts, known);
  }
  return known;
}

/** The tunnel between two nodes; `null` where one of them has no part in the overlay. */
export function tunnelBetween(facts: Facts, from: string, to: string): Seen<Tunnel | null> {
  let known = tunnels.get(facts);
  if (known === undefined) tunnels.set(facts, (known = new Map()));
  const key = `${from}\0${to}`;
  let tunnel = known.get(key);
  if (tunnel === undefined) known.set(key, (tunnel = findTunnel(facts, from, to)));
  return tunnel;
}

function findTunnel(facts: Facts, from: string, to: string): Seen<Tunnel | null> {
  const lease = leaseOfNode(facts, to);
  if (lease.is === 'gap') return lease;
  const device = flannelDevice(facts, from);
  if (device.is === 'gap') return device;
  if (lease.value === null || device.value === null) return seen(null, [...lease.origins, ...device.origins]);
  const far = flannelDevice(facts, to);
  const held = peerOf(facts, from, lease.value, device.value.name);
  return seen({ from, to, lease: lease.value, device: device.value, held, far: far.is === 'seen' ? far.value : null }, device.origins);
}

/** Whether a lease says what the node that lives in it really is: the MAC of its device, an address of its own. `undefined`: not seen. */
export function isTrue(facts: Facts, { lease, to, far }: Pick<Tunnel, 'lease' | 'to' | 'far'>): boolean | undefined {
  if (far?.mac === undefined || far.mac === null || lease.vtepMac === undefined) return undefined;
  if (far.mac !== lease.vtepMac) return false;
  return lease.publicIp === undefined || lease.publicIp === null ? undefined : isAddressOf(facts, to, lease.publicIp);
}

/** Whether a node has an address; `undefined` where its addresses were not read. */
export function isAddressOf(facts: Facts, node: string, address: Ip): boolean | undefined {
  if (facts.seen('address', onNode(node)).is === 'gap') return undefined;
  return machinesAt(facts, address).some((machine) => machine.node === node);
}

/** What a sender would have to hold to reach the node that really lives there. */
export type Truth = { readonly mac: Mac; readonly address: Ip };

/** Whether the kernel asks the wire for a MAC that it has no entry for: flannel's device does not, `nolearning` and no default entry. */
export const floods = (facts: Facts, node: string, dev: string): boolean => {
  const entries = facts.seen('fdb', onNode(node));
  return entries.is === 'seen' && entries.value.some((one) => one.dev === dev && one.mac === '00:00:00:00:00:00');
};
