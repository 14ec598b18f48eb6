import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import { defineComponent } from '../component.ts';
import { familyOfSlice, selectedPods, slicePart } from './selected.ts';

type Slice = FactOf<'endpoints'>;

/** Writes the slice of every Service whose object the change touched; a Service without a selector is somebody else's. */
function follow(before: Facts, after: Facts): Facts {
  const [were, are, slices] = [before.seen('service', CLUSTER), after.seen('service', CLUSTER), after.seen('endpoints', CLUSTER)];
  if (were.is === 'gap' || are.is === 'gap' || slices.is === 'gap') return after;
  const touched = are.value.filter((service) => !were.value.includes(service) && Object.keys(service.selector ?? {}).length > 0);
  const edits = touched.flatMap((service): Edit[] => {
    const pods = selectedPods(after, service);
    const own = slices.value.filter(({ namespace, service: of }) => namespace === service.namespace && of === service.name);
    if (pods === undefined) return [];
    const byFamily = own.map((slice) => [slice, familyOfSlice(slice, service)] as const);
    return byFamily.flatMap(([slice, family]): Edit[] => {
      // how the controller spreads endpoints over several slices of one family depends on what was there
      if (family === undefined || byFamily.some(([other, one]) => other !== slice && one === family)) return [];
      const { origin: _, ...rest } = slice satisfies Slice;
      return [{ op: 'put', kind: 'endpoints', scope: CLUSTER, fact: { ...rest, ...slicePart(service, pods, family) } }];
    });
  });
  return edits.length === 0 ? after : edit(after, edits, 'endpointslice-controller');
}

/** The EndpointSlice controller (kube-controller-manager): a Service's slice follows its selector, its ports and its pods within a second. */
export default defineComponent({
  id: 'endpoint-slices',
  reacts: (before, after, change) => (change.do === 'service-spec' ? follow(before, after) : after),
});
