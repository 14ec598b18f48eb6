import { alike } from '#engine/alike';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { isSelected } from '#intent/endpoint-slices/selected';
import { CLUSTER } from '#snapshot/scope';

type Service = FactOf<'service'>;
type Pod = FactOf<'pod'>;

/** Pods that a selector misses by a little, and the labels that it should ask for to have them. */
export type Near = {
  readonly pods: readonly Pod[];
  readonly selector: Readonly<Record<string, string>>;
  readonly changed: readonly string[];
};

/**
 * The pods of the Service's namespace that nearly match: the same labels with one value that is alike, or all labels but one.
 * Pods that another Service has already picked by the very label are not meant. A workload with no pods has none that are near.
 */
export function nearPods(facts: Facts, service: Service): Near | undefined {
  const [pods, services] = [facts.seen('pod', CLUSTER), facts.seen('service', CLUSTER)];
  if (pods.is === 'gap' || services.is === 'gap' || service.selector == null) return undefined;
  const others = services.value.filter((one) => one !== service && one.selector != null);
  const free = pods.value.filter((pod) => pod.namespace === service.namespace && !others.some((other) => isSelected(other, pod)));
  const wanted = Object.entries(service.selector);
  const found = free.flatMap((pod) => {
    const wrong = wanted.filter(([label, value]) => pod.labels?.[label] !== value);
    const [only] = wrong;
    if (wrong.length !== 1 || only === undefined) return [];
    const [label, value] = only;
    const there = pod.labels?.[label];
    const isMeant = there === undefined ? wanted.length > 1 : wanted.length > 1 || alike(there, value);
    return isMeant ? [{ pod, label, there }] : [];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const same = found.filter(({ label, there }) => label === first.label && there === first.there);
  const kept = Object.fromEntries(wanted.filter(([label]) => label !== first.label));
  const selector = first.there === undefined ? kept : { ...kept, [first.label]: first.there };
  return { pods: same.map(({ pod }) => pod), selector, changed: [first.label] };
}
