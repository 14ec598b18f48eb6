import type { Facts } from '#facts/facts';
import { type FactOf, type KindId, kinds } from '#facts/kinds';
import type { Cidr } from '#net/cidr';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';
import { map, missing, type Seen } from '#snapshot/seen';
import { leasesOf } from './home.ts';

/** Every flannel lease of the vxlan backend, each once. */
export function leaseSubjects(facts: Facts): Seen<readonly { readonly kind: 'lease'; readonly subnet: Cidr }[]> {
  const leases = leasesOf(facts);
  if (leases.is === 'gap' && !usesFlannel(facts)) return { is: 'seen', value: [], origins: [], complete: true };
  return map(leases, (all) => [...new Set(all.filter(isVxlan).map(({ subnet }) => subnet))].map((subnet) => ({ kind: 'lease', subnet })));
}

const isVxlan = ({ backend }: FactOf<'lease'>): boolean => backend === undefined || backend === 'vxlan';

/** Whether anything that was read speaks of flannel: its device, its file, its process. */
export function usesFlannel(facts: Facts): boolean {
  return facts.nodes().some((node) => {
    const scope = onNode(node);
    const links = facts.seen('link', scope);
    const files = facts.seen('subnet-env', scope);
    const processes = facts.seen('process', scope);
    return (
      (links.is === 'seen' ? links.value.some(({ name }) => name.startsWith('flannel')) : true) ||
      (files.is === 'seen' && files.value.length > 0) ||
      (processes.is === 'seen' && processes.value.some(({ name }) => name === 'flanneld'))
    );
  });
}

/** Every captured node, for faults of one machine's part in the overlay; nothing where no flannel is to be seen. */
export function nodeSubjects(facts: Facts): Seen<readonly { readonly kind: 'node'; readonly node: string }[]> {
  const nodes = usesFlannel(facts) ? facts.nodes() : [];
  const leases = leasesOf(facts);
  if (nodes.length === 0 && leases.is === 'gap') return missing(leases.gap);
  return { is: 'seen', value: nodes.map((node) => ({ kind: 'node', node })), origins: [], complete: true };
}

/** A healthy pair is listed too, so that its evidence excludes a look-alike; in a large cluster only those that deviate. */
const LISTED_IN_FULL = 24;

/** Ordered pairs of captured nodes whose second one lives in a lease. */
export function linkSubjects(
  facts: Facts,
  deviates: (from: string, to: string) => boolean,
): Seen<readonly { readonly kind: 'link'; readonly from: string; readonly to: string }[]> {
  return map(nodeSubjects(facts), (nodes) =>
    nodes.flatMap(({ node: from }) =>
      nodes
        .filter(({ node: to }) => to !== from && (nodes.length <= LISTED_IN_FULL || deviates(from, to)))
        .map(({ node: to }) => ({ kind: 'link', from, to })),
    ),
  );
}

/** The machine that lives in a lease's subnet is not among those captured. */
export const notHome = ({ subnet }: FactOf<'lease'>): Gap => ({
  of: 'link',
  scope: CLUSTER,
  why: 'not collected',
  detail: `no captured node lives in ${subnet}`,
  capture: `leadline capture on the node of ${subnet}`,
});

/** A field that this form of output does not tell. */
export const notTold = (of: KindId, node: string, what: string): Gap => ({
  of,
  scope: onNode(node),
  why: 'not told',
  detail: `${what} on ${node} was not told`,
  capture: kinds[of].capture,
});
