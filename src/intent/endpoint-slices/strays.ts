import { memoised } from '#dataplane/memo';
import { isOver } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { FactOf } from '#facts/kinds';
import { slicesOf } from '#intent/kube-proxy/backends';
import type { Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { hasObjects } from './empty-services.ts';
import { isSelected, isUsed } from './selected.ts';

type Service = FactOf<'service'>;
type Slice = FactOf<'endpoints'>;
type Pod = FactOf<'pod'>;

/** An endpoint in use that is none of the pods which its Service selects; `held` is who has the address now. */
export type Stray = {
  readonly service: Service;
  readonly slice: Slice;
  /** Its place in the slice, counted from 0. */
  readonly at: number;
  readonly endpoint: Slice['addresses'][number];
  readonly held: Pod | null;
};

/** Slices say of each endpoint whether it serves; an Endpoints object does not, and nobody forwards by it. */
const isSlice = ({ addresses }: Slice): boolean => addresses.some(({ serving }) => serving !== undefined);

/**
 * The endpoints that the EndpointSlice controller would not leave there: of Services with a selector alone, for those without one
 * are kept by hand. Needs Services, slices and pods listed whole.
 */
export const straysIn: (facts: Facts) => Seen<readonly Stray[]> = memoised((facts: Facts): Seen<readonly Stray[]> => {
  if (!hasObjects(facts)) return seen([], []);
  const [services, pods, slices] = [facts.seen('service', CLUSTER), facts.seen('pod', CLUSTER), facts.seen('endpoints', CLUSTER)];
  if (services.is === 'gap') return services;
  if (pods.is === 'gap') return pods;
  if (slices.is === 'gap') return slices;
  const byAddress = grouped(
    pods.value.filter((pod) => !isOver(pod)).flatMap((pod) => pod.addresses.map((address) => ({ address, pod }))),
    ({ address }) => address,
  );
  const holders = (address: Ip): readonly Pod[] => (byAddress.get(address) ?? []).map(({ pod }) => pod);
  const all = services.value.flatMap((service) => straysOf(facts, service, holders));
  return seen(all, [...services.origins, ...pods.origins], services.complete && pods.complete && slices.complete);
});

function straysOf(facts: Facts, service: Service, holders: (address: Ip) => readonly Pod[]): readonly Stray[] {
  if (Object.keys(service.selector ?? {}).length === 0) return [];
  const slices = slicesOf(facts, service);
  if (slices.is === 'gap') return [];
  return slices.value.filter(isSlice).flatMap((slice) =>
    slice.addresses.flatMap((endpoint, at): readonly Stray[] => {
      const own = holders(endpoint.address);
      if (!isUsed(endpoint) || own.some((pod) => isSelected(service, pod))) return [];
      return [{ service, slice, at, endpoint, held: own[0] ?? null }];
    }),
  );
}
