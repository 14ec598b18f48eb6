import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { slicesOf } from '#intent/kube-proxy/backends';
import { type Family, familyOf } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { hasObjects } from './empty-services.ts';
import { addressIn, familiesOf, selectedPods } from './selected.ts';
import { straysIn } from './strays.ts';

type Service = FactOf<'service'>;
type Slice = FactOf<'endpoints'>;
type Pod = FactOf<'pod'>;

/** The ready pods of a Service that stand in none of its slices of a family, all of them and for each family. */
export type LeftOut = {
  readonly service: Service;
  readonly pods: readonly Pod[];
  readonly byFamily: readonly { readonly family: Family; readonly pods: readonly Pod[] }[];
  readonly slices: readonly Slice[];
};

/**
 * The pods that the EndpointSlice controller would have listed: of Services with a selector alone, headless ones too. Needs
 * Services, slices and pods listed whole.
 */
export const leftOut: (facts: Facts) => Seen<readonly LeftOut[]> = memoised((facts: Facts): Seen<readonly LeftOut[]> => {
  if (!hasObjects(facts)) return seen([], []);
  const [services, pods, slices] = [facts.seen('service', CLUSTER), facts.seen('pod', CLUSTER), facts.seen('endpoints', CLUSTER)];
  if (services.is === 'gap') return services;
  if (pods.is === 'gap') return pods;
  if (slices.is === 'gap') return slices;
  const isWhole = services.complete && pods.complete && slices.complete;
  return seen(
    slices.complete ? services.value.flatMap((service) => leftOutOf(facts, service)) : [],
    [...services.origins, ...slices.origins],
    isWhole,
  );
});

function leftOutOf(facts: Facts, service: Service): readonly LeftOut[] {
  const [slices, pods] = [slicesOf(facts, service), selectedPods(facts, service)];
  if (slices.is === 'gap' || pods === undefined || service.type === 'ExternalName') return [];
  const strays = straysIn(facts);
  // one that is listed by name with an old address is a matter of that entry
  const named = new Set(
    strays.is === 'gap' ? [] : strays.value.flatMap((one) => (one.service === service ? (one.endpoint.pod ?? []) : [])),
  );
  const listed = new Set(slices.value.flatMap(({ addresses }) => addresses.map(({ address }) => address)));
  const ready = pods.filter((pod) => pod.ready === true && !named.has(pod.name));
  const families = familiesOf(service, slices.value);
  const byFamily = (families.length > 0 ? families : familiesBy(ready)).flatMap((family) => {
    const missing = ready.filter((pod) => {
      const address = addressIn(pod, family);
      return address !== undefined && !listed.has(address);
    });
    return missing.length === 0 ? [] : [{ family, pods: missing }];
  });
  const all = new Set(byFamily.flatMap((one) => one.pods));
  return all.size === 0 ? [] : [{ service, pods: [...all], byFamily, slices: slices.value }];
}

/** A Service without addresses and slices has those of the family that its pods are called by. */
function familiesBy(pods: readonly Pod[]): readonly Family[] {
  return [...new Set(pods.flatMap(({ addresses }) => addresses.slice(0, 1).map(familyOf)))];
}
