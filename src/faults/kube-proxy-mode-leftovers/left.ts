import { memoised } from '#dataplane/memo';
import { servedFronts } from '#dataplane/served-fronts';
import type { Ending, View } from '#engine/view';
import { address as addressKind } from '#facts/address/address';
import type { FactOf } from '#facts/kinds';
import { ownRoutes } from '#facts/route/own-routes';
import { route as routeKind } from '#facts/route/route';
import { CLUSTER, onNode } from '#snapshot/scope';
import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import type { Addresses } from './text-addresses.ts';

export type Address = FactOf<'address'>;

/** The device on which kube-proxy's IPVS mode keeps every address of every Service. */
export const DEVICE = 'kube-ipvs0';

/** The failing ways on which a node took an address for its own because the device has it, and nothing rewrote it. */
export function takenFor(view: View, node: string, held: Address): readonly Ending[] {
  const routes = ownRoutes(held).map((route) => routeKind.key({ ...route, origin: held.origin }));
  const keys = new Set([`address ${addressKind.key(held)}`, ...routes.map((key) => `route ${key}`)]);
  return view.endings().filter(({ walk }) => {
    if (walk.packet.destination === held.address && walk.received.destination !== held.address) return false;
    const steps = walk.hops.flatMap((hop) => hop.steps.flatMap(({ by }) => by));
    return [...steps, ...walk.reason.by].some(
      ({ kind, key, scope }) => scope.node === node && scope.netns === '' && keys.has(`${kind} ${key}`),
    );
  });
}

/**
 * Whether an address is a Service's cluster address and no machine's: the rules rewrite it before it counts whose it is, and where
 * they are lost nobody else would have it.
 */
export const isOnlyVirtual = (facts: Facts, node: string, address: Ip): boolean =>
  clusterAddresses(facts).has(address) && ownerOf(facts, node, address).ownerIs !== 'node';

/** The cluster addresses of Services, by their objects and by what any node serves. */
const clusterAddresses = memoised((facts: Facts): ReadonlySet<Ip> => {
  const services = facts.seen('service', CLUSTER);
  const listed = services.is === 'seen' ? services.value.flatMap(({ clusterIps }) => clusterIps) : [];
  return new Set([...listed, ...facts.nodes().flatMap((node) => servedFronts(facts, node).map(({ address }) => address))]);
});

/** Whose an address is besides: another machine's, a Service's, or nobody's where all Services were listed. */
export function ownerOf(facts: Facts, node: string, address: Ip): Pick<Addresses, 'owner' | 'ownerIs'> {
  const home = facts.nodes().find((one) => one !== node && hasAddress(facts, one, address));
  if (home !== undefined) return { owner: home, ownerIs: 'node' };
  const services = facts.seen('service', CLUSTER);
  const service = services.is === 'seen' ? services.value.find((one) => addressesOf(one).includes(address)) : undefined;
  if (service !== undefined) return { owner: `${service.namespace}/${service.name}`, ownerIs: 'service' };
  return { owner: '', ownerIs: services.is === 'seen' && services.complete ? 'nobody' : 'unknown' };
}

const addressesOf = ({ clusterIps, policy }: FactOf<'service'>): readonly (Ip | null)[] => [
  ...clusterIps,
  ...(policy?.externalIps ?? []),
  ...(policy?.loadBalancer ?? []).map(({ address }) => address),
];

function hasAddress(facts: Facts, node: string, address: Ip): boolean {
  const own = facts.seen('address', onNode(node));
  return own.is === 'seen' && own.value.some((one) => one.address === address && one.dev !== DEVICE);
}
