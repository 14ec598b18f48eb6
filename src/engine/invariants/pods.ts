import { memoised } from '#dataplane/memo';
import { type PodNamespace, podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';

/** A captured pod with the text that checks name it by. */
export type Pod = PodNamespace & { readonly text: string };

/** The captured namespaces that are pods; what nothing places demands nothing. */
export const podsOf: (facts: Facts) => readonly Pod[] = memoised((facts: Facts) =>
  podNamespaces(facts)
    .filter(({ placedBy }) => placedBy !== null)
    .map((pod) => ({ ...pod, text: pod.name ?? `${pod.node}/${pod.scope.netns}` })),
);
