import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import type { Pod } from '#facts/pod/pod';
import { emptyServices } from '#intent/endpoint-slices/empty-services';
import { enforcerOf } from '#policy/enforcer';
import { policyVerdict } from '#policy/policy-verdict';
import { endOfPod, type PolicyEnd, type PolicyQuestion } from '#policy/question';
import { CLUSTER } from '#snapshot/scope';

/**
 * The policies that would deny somebody what a Service leads to whose pods are not ready: nobody gets so far, so that no packet tells
 * whether it is they that are in the way.
 */
export const policiesBehindEmpty: (facts: Facts) => ReadonlySet<string> = memoised((facts: Facts) => {
  if (enforcerOf(facts).is !== 'enforced') return new Set<string>();
  const denied = questionsOf(facts).flatMap((question) => {
    const { egress, ingress } = policyVerdict(facts, question);
    return [egress, ingress].flatMap(({ is, by: [decider] }) => (is === 'denied' && decider !== undefined ? [decider.policy] : []));
  });
  return new Set(denied);
});

/** Each kind of pod asks each pod of an empty Service at each of its ports. */
function questionsOf(facts: Facts): readonly PolicyQuestion[] {
  const [services, pods] = [emptyServices(facts), facts.seen('pod', CLUSTER)];
  if (services.is === 'gap' || pods.is === 'gap' || services.value.every((one) => one.pods.length === 0)) return [];
  // policies tell pods apart by their namespace and labels
  const kinds = Map.groupBy(pods.value, ({ namespace, labels }) => JSON.stringify([namespace, labels]));
  const askers = ends([...kinds.values()].flatMap(([first]) => (first === undefined ? [] : [first])));
  return services.value.flatMap(({ pods: own, slices }) => {
    const ports = slices.flatMap((slice) => slice.ports.flatMap(({ protocol, port }) => (port === null ? [] : [{ protocol, port }])));
    return ports.flatMap((at) => ends(own).flatMap((to) => askers.map((from) => ({ from, to, ...at }))));
  });
}

const ends = (pods: readonly Pod[]): readonly PolicyEnd[] => pods.flatMap((pod) => endOfPod(pod) ?? []);
