import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import { familyOf } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import type { ReachEnd } from './end.ts';

/** Ends that policies and Services cannot tell apart: pods of one namespace with the same labels and families, or one end by itself. */
export type Workload = { readonly name: string; readonly ends: readonly ReachEnd[] };

/** Labels that tell the pods of one workload apart; hardly a policy is written about them. */
const OWN_LABELS: readonly string[] = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'batch.kubernetes.io/job-completion-index',
  'batch.kubernetes.io/controller-uid',
  'controller-uid',
];

/** Labels by which a workload's pods differ and no policy tells them apart. */
export function labelsOfNoPolicy(facts: Facts): ReadonlySet<string> {
  const policies = (['network-policy', 'calico-policy', 'admin-policy'] as const).map((kind) => {
    const read = facts.seen(kind, CLUSTER);
    return read.is === 'gap' ? [] : read.value;
  });
  const words = JSON.stringify(policies);
  return new Set(OWN_LABELS.filter((label) => !words.includes(label)));
}

/** Labels by which people call a workload. */
const NAME_LABELS = ['app.kubernetes.io/name', 'app', 'k8s-app', 'name'] as const;

/** Each end by itself. */
export const singly = (ends: readonly ReachEnd[]): readonly Workload[] => ends.map((end) => ({ name: end.name, ends: [end] }));

/** Ends by workload, some labels aside; nodes together; Services and addresses by themselves. */
export function workloadsOf(ends: readonly ReachEnd[], aside: ReadonlySet<string>): readonly Workload[] {
  const names = new Map<string, number>();
  return [...grouped(ends, (end) => keyOf(end, aside))].map(([, own]) => {
    const name = nameOf(own);
    const count = (names.get(name) ?? 0) + 1;
    names.set(name, count);
    return { name: count === 1 ? name : `${name} (${count})`, ends: own };
  });
}

function keyOf({ kind, pod, name, addresses }: ReachEnd, aside: ReadonlySet<string>): string {
  const families = addresses.map(familyOf);
  if (kind === 'node') return `nodes ${families}`;
  if (pod === null) return kind === 'pod' ? `pods of ${name.split('/')[0]} ${families}` : name;
  const labels = Object.entries(pod.labels ?? {}).filter(([label]) => !aside.has(label));
  labels.sort(([one], [other]) => (one < other ? -1 : 1));
  const owner = labels.length === 0 ? ownerOf(pod.name) : null;
  return JSON.stringify([families, pod.namespace, owner, pod.hostNetwork, pod.serviceAccount, pod.ports, labels]);
}

/** The owner of a pod by its name: without the hashes of a ReplicaSet, a DaemonSet, or the number of a StatefulSet. */
const ownerOf = (name: string): string =>
  name.replace(/-(?:[a-z0-9]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}|[bcdfghjklmnpqrstvwxz2456789]{5}|\d{1,5})$/, '');

function nameOf(ends: readonly ReachEnd[]): string {
  const [first] = ends;
  if (first === undefined) throw new Error('a workload of nobody');
  if (ends.length === 1) return first.name;
  if (first.kind === 'node') return `${ends.length} nodes`;
  if (first.pod === null) return `${ends.length} pods of ${first.name.split('/')[0]}`;
  const { labels, namespace, name } = first.pod;
  const called = NAME_LABELS.map((label) => labels?.[label]).find((value) => value !== undefined);
  return `${namespace}/${called ?? ownerOf(name)} ×${ends.length}`;
}
