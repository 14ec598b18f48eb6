import { nodeAddress } from '#dataplane/endpoints';
import { memoised } from '#dataplane/memo';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { fdb as fdbKind } from '#facts/fdb/fdb';
import { route as routeKind } from '#facts/route/route';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { type Cidr, baseOf, contains, lengthOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Walk } from '#sim/packet/outcome';
import { onNode } from '#snapshot/scope';

type Lease = FactOf<'lease'>;

/** A machine of the cluster whose address lies in a lease's subnet. */
export type Machine = { readonly address: Ip; readonly node: string };

const isWithin = (range: Cidr, around: Cidr): boolean => lengthOf(range) >= lengthOf(around) && contains(around, baseOf(range));

/** Every machine of the cluster: those that were captured, and those that only a lease tells of. */
const machinesOf = memoised((facts: Facts): readonly Machine[] => {
  const leases = leasesOf(facts);
  const captured = facts.nodes().flatMap((node): Machine[] => {
    const address = nodeAddress(facts, node);
    return address === null ? [] : [{ address, node }];
  });
  const known = new Set(captured.map(({ address }) => address));
  const told = (leases.is === 'gap' ? [] : leases.value).flatMap(({ publicIp, subnet }): Machine[] =>
    publicIp == null || known.has(publicIp) ? [] : [{ address: publicIp, node: `of the lease ${subnet}` }],
  );
  return [...captured, ...told];
});

/** The machines whose own addresses, on the network that carries the tunnel, lie in a lease's subnet. */
export const machinesIn = (facts: Facts, { subnet }: Lease): readonly Machine[] =>
  machinesOf(facts).filter(({ address }) => contains(subnet, address));

/** The leases whose subnets lie over the machines' own network. */
export const overMachines = memoised((facts: Facts): readonly Lease[] => {
  const leases = leasesOf(facts);
  return leases.is === 'gap' ? [] : leases.value.filter((lease) => machinesIn(facts, lease).length > 0);
});

/** A failing way to a machine that a lease's route led astray: to which machine, from which node, by which route. */
export type Led = { readonly machine: Machine; readonly node: string; readonly route: FactOf<'route'> | undefined };

/** The failing ways that a lease's route took away from the machines' own network. */
export function ledAway(view: View, lease: Lease): readonly Led[] {
  const machines = machinesIn(view.facts, lease);
  return view.endings().flatMap(({ walk }): Led[] => {
    const meant = [walk.received.destination, walk.outer?.destination, ...remotesOf(view.facts, walk)];
    const machine = machines.find(({ address }) => meant.includes(address));
    const led = machine === undefined ? undefined : routeOn(view.facts, walk, lease);
    return machine === undefined || led === undefined ? [] : [{ machine, ...led }];
  });
}

/** The other ends of the tunnel for which a packet was to be wrapped. */
function remotesOf(facts: Facts, { at, reason }: Walk): readonly Ip[] {
  const cited = reason.by.flatMap(({ kind, key }) => (kind === 'fdb' ? [key] : []));
  const entries = cited.length === 0 ? undefined : facts.seen('fdb', { node: at.node, netns: at.netns });
  return entries?.is === 'seen' ? entries.value.flatMap((one) => (cited.includes(fdbKind.key(one)) ? (one.dst ?? []) : [])) : [];
}

/** Where a way took a route that lies in the lease's subnet. */
function routeOn(facts: Facts, { hops, at: end, reason }: Walk, { subnet }: Lease): Omit<Led, 'machine'> | undefined {
  const met = [...hops.map(({ at, steps }) => ({ at, by: steps.flatMap(({ by }) => by) })), { at: end, by: reason.by }];
  for (const { at, by } of met) {
    if (at.netns !== '') continue;
    const routes = facts.seen('route', onNode(at.node));
    const inside = routes.is === 'gap' ? [] : routes.value.filter(({ to, type }) => type === 'unicast' && isWithin(to, subnet));
    const cited = by.flatMap(({ kind, key }) => (kind === 'route' ? [key] : []));
    const route = inside.find((one) => cited.includes(routeKind.key(one)));
    if (route !== undefined) return { node: at.node, route };
  }
  return undefined;
}

/** Whether an address's range is that of the lease in which its own node lives: what is wrong with it is the lease's matter. */
export const isOwnLease = (facts: Facts, node: string, range: Cidr): boolean =>
  overMachines(facts).some((lease) => isWithin(range, lease.subnet) && homeOf(facts, lease)?.node === node);
