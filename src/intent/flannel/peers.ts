import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { baseOf, type Cidr, contains, lengthOf } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { deviceOf } from './follow.ts';
import { homeOf, leasesOf } from './home.ts';
import { programmed } from './programs.ts';

type Lease = FactOf<'lease'>;

/** What one node holds for the lease of another. */
export type Peer = {
  readonly node: string;
  /** The VXLAN device that it uses. */
  readonly dev: string;
  readonly route: FactOf<'route'> | undefined;
  readonly neighbour: FactOf<'neighbour'> | undefined;
  /** The entries for the neighbour's MAC; the lease's MAC where there is no neighbour. */
  readonly fdb: readonly FactOf<'fdb'>[];
  /** Whether its packets for the subnet take the tunnel at all (they do not with DirectRouting). */
  readonly tunnels: boolean;
};

/** The captured nodes beside the lease's own that have a VXLAN device, with what they hold for it. */
export function peersOf(facts: Facts, lease: Lease): readonly Peer[] {
  const home = homeOf(facts, lease)?.node;
  return facts.nodes().flatMap((node) => {
    const dev = node === home ? undefined : deviceOf(facts, node);
    return dev === undefined ? [] : [peerOf(facts, node, lease, dev)];
  });
}

/** What one node holds for a lease. */
export function peerOf(facts: Facts, node: string, lease: Lease, dev: string): Peer {
  const held = programmed(facts, node, lease, dev);
  const hop = (held.route ?? wideRoute(facts, node, lease))?.hops[0];
  const tunnels = hop !== undefined && hop.dev === dev && (hop.via === baseOf(lease.subnet) || hop.via === null);
  return { node, dev, ...held, tunnels };
}

/** The narrowest route that holds a subnet with others: older flannel has one on-link route for its whole network. */
function wideRoute(facts: Facts, node: string, { subnet }: Lease): FactOf<'route'> | undefined {
  const routes = facts.seen('route', onNode(node), 'main');
  const around = routes.is === 'gap' ? [] : routes.value.filter(({ table, to }) => table === 'main' && isIn(subnet, to));
  return around.toSorted((one, other) => lengthOf(other.to) - lengthOf(one.to))[0];
}

const isIn = (subnet: Cidr, wider: Cidr): boolean => lengthOf(wider) < lengthOf(subnet) && contains(wider, baseOf(subnet));

/** The lease of a subnet, and every lease, where they were read. */
export function leaseAt(facts: Facts, subnet: string): Lease | undefined {
  const leases = leasesOf(facts);
  return leases.is === 'seen' ? leases.value.find((lease) => lease.subnet === subnet) : undefined;
}

/** The frames for another's MAC that a device dropped between the first look and the last; nothing where that was not counted twice. */
export function otherHostRise(
  facts: Facts,
  node: string,
  dev: string,
): { readonly by: number; readonly last: FactOf<'link-counters'> } | undefined {
  const looks = facts.partition('link-counters', onNode(node))?.looks ?? [];
  const counters = looks.flatMap((look) => look.facts.filter(({ name }) => name === dev));
  const [first, last] = [counters[0], counters.at(-1)];
  if (first?.rxOtherHost === undefined || last?.rxOtherHost === undefined || first === last) return undefined;
  return { by: last.rxOtherHost - first.rxOtherHost, last };
}
