import type { CalicoPolicy } from '#facts/calico-policy/calico-policy';
import type { NetworkPolicy } from '#facts/network-policy/network-policy';

/** Where Calico puts the policies of Kubernetes among its own (libcalico-go converter, K8sNetworkPolicyToCalico). */
const ORDER = 1000;

/** A policy as Calico runs it: its own, or one of Kubernetes', whose rules keep their own way of matching. */
export type TieredPolicy = {
  readonly tier: string;
  readonly order: number | null;
  /** By which policies of one order are sorted. */
  readonly name: string;
  readonly of: { readonly is: 'calico'; readonly policy: CalicoPolicy } | { readonly is: 'kubernetes'; readonly policy: NetworkPolicy };
};

/** All policies of a cluster that runs Calico. */
export function tieredPolicies(calico: readonly CalicoPolicy[], kubernetes: readonly NetworkPolicy[]): readonly TieredPolicy[] {
  return [
    ...calico.map((policy): TieredPolicy => {
      const { tier, order, name, namespace } = policy;
      return { tier, order, name: namespace === null ? name : `${namespace}/${name}`, of: { is: 'calico', policy } };
    }),
    ...kubernetes.map((policy): TieredPolicy => {
      const name = `${policy.namespace}/knp.default.${policy.name}`;
      return { tier: 'default', order: ORDER, name, of: { is: 'kubernetes', policy } };
    }),
  ];
}

/** By order, those without one last; then by name. */
export function byOrder(one: TieredPolicy, other: TieredPolicy): number {
  const [first, second] = [one.order ?? Number.POSITIVE_INFINITY, other.order ?? Number.POSITIVE_INFINITY];
  if (first !== second) return first < second ? -1 : 1;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
