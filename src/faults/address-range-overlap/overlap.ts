import { podNamespaces } from '#dataplane/pods';
import type { Ending, View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { ownRoutes } from '#facts/route/own-routes';
import { route as routeKind } from '#facts/route/route';
import { homeOf } from '#intent/flannel/home';
import { type Cidr, cidrOf, contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import type { OfDevice } from './text.ts';

export type Address = FactOf<'address'>;

/** Whose an address is that a stranger's range holds. */
export type Owner = Pick<OfDevice, 'owner' | 'ownerIs' | 'taken'>;

/** A failing way that a device's range led astray, and whose address it was for. */
export type Astray = { readonly ending: Ending; readonly owner: Owner };

/** The range that an address brings to its device. */
export const rangeOf = ({ address, length }: Address): Cidr => cidrOf(address, length);

/**
 * The failing ways that took a device's own range for the way, though the destination is somebody else's: the packet's, or the other
 * end's of the tunnel that it is in. A tunnel that came to its other end went the right way.
 */
export function astray(view: View, node: string, address: Address): readonly Astray[] {
  const range = rangeOf(address);
  const own = new Set(
    ownRoutes(address)
      .filter(({ type }) => type === 'unicast')
      .map((route) => routeKind.key({ ...route, origin: address.origin })),
  );
  return view.endings().flatMap((ending): Astray[] => {
    const { received, outer, hops } = ending.walk;
    const led = hops.some(
      ({ at, steps }) =>
        at.node === node && at.netns === '' && steps.some(({ by }) => by.some(({ kind, key }) => kind === 'route' && own.has(key))),
    );
    if (!led) return [];
    const meant = [received, ...(outer === undefined ? [] : [outer])].filter(({ destination }) => contains(range, destination));
    const owners = meant.flatMap(({ destination }) => ownerOf(view.facts, { node, device: address.dev }, destination) ?? []);
    const owner = owners.find(({ ownerIs, owner: home }) => ownerIs !== 'node' || hops.every(({ at }) => at.node !== home));
    return owner === undefined ? [] : [{ ending, owner }];
  });
}

type At = { readonly node: string; readonly device: string };

/** Whose an address is, when it is not this node's and not behind it. */
function ownerOf(facts: Facts, { node, device }: At, address: Ip): Owner | undefined {
  const pod = podNamespaces(facts).find((one) => one.address === address);
  if (pod !== undefined) return pod.node === node ? undefined : { taken: address, owner: pod.name ?? `on ${pod.node}`, ownerIs: 'pod' };
  const machine = facts.nodes().find((one) => hasAddress(facts, one, address));
  if (machine !== undefined) return machine === node ? undefined : { taken: address, owner: machine, ownerIs: 'node' };
  const leases = facts.seen('lease', CLUSTER);
  const lease = leases.is === 'seen' ? leases.value.find(({ subnet }) => contains(subnet, address)) : undefined;
  if (lease === undefined || (lease.publicIp != null && hasAddress(facts, node, lease.publicIp))) return undefined;
  const home = homeOf(facts, lease);
  // wherever the lease points to: but that the device's own address lies in it says nothing
  if (home?.node === node && !('dev' in home.fact && home.fact.dev === device)) return undefined;
  return { taken: address, owner: lease.subnet, ownerIs: 'lease' };
}

function hasAddress(facts: Facts, node: string, address: Ip): boolean {
  const own = facts.seen('address', onNode(node));
  return own.is === 'seen' && own.value.some((one) => one.address === address);
}
