import type { Facts } from '#facts/facts';
import { type Labels, type LabelSelector, labelOf, selects } from '#facts/label-selector';
import { CLUSTER } from '#snapshot/scope';
import type { Three } from './three.ts';

/** The label by which the API server names every namespace. */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** A namespace's labels, as far as they are known: `null` where nobody captured whether it has one. */
export type NamespaceLabels = { readonly known: Labels; readonly isWhole: boolean };

/** The labels of namespaces; of one that was not captured only its name is known. */
export function namespaceLabels(facts: Facts): (name: string) => NamespaceLabels {
  const read = facts.seen('kubernetes-namespace', CLUSTER);
  const all = new Map(read.is === 'gap' ? [] : read.value.map(({ name, labels }) => [name, labels] as const));
  return (name) => {
    const labels = all.get(name);
    return { known: { [NAME_LABEL]: name, ...labels }, isWhole: labels !== undefined };
  };
}

/** Whether a selector selects a namespace. */
export function selectsNamespace(selector: LabelSelector, { known, isWhole }: NamespaceLabels): Three {
  const asked = [...Object.keys(selector.matchLabels), ...selector.matchExpressions.map(({ key }) => key)];
  if (isWhole || asked.every((key) => labelOf(known, key) !== undefined)) return selects(selector, known);
  const certain = {
    matchLabels: Object.fromEntries(Object.entries(selector.matchLabels).filter(([key]) => labelOf(known, key) !== undefined)),
    matchExpressions: selector.matchExpressions.filter(({ key }) => labelOf(known, key) !== undefined),
  };
  return selects(certain, known) === false ? false : undefined;
}
