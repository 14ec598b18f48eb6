import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import type { Gap } from '#snapshot/gap';
import type { Admin, Doubt } from './admin/side.ts';
import { type CalicoContext, calicoContext } from './calico/context.ts';
import { tieredPolicies, type TieredPolicy } from './calico/converted.ts';
import { type Enforcer, enforcerOf } from './enforcer.ts';
import { namespaceLabels } from './namespaces.ts';
import type { Matching } from './network-policy/peers.ts';
import { notEvaluated } from './verdict.ts';

/** Everything that policies of a cluster are judged by, read once per snapshot. */
export type Policies = {
  readonly enforcer: Enforcer;
  readonly byNamespace: ReadonlyMap<string, readonly FactOf<'network-policy'>[]>;
  /** Set where Calico runs them: all policies in tiers. */
  readonly tiered: readonly TieredPolicy[] | null;
  readonly context: CalicoContext;
  readonly matching: Matching;
  /** Those of administrators, which stand before NetworkPolicies and behind them. */
  readonly admin: Admin;
  /** What an allowing or a denying verdict rests on and was not read as a whole. */
  readonly gaps: readonly Gap[];
  /** The first policy of an API that is not evaluated which may select pods of a namespace. */
  readonly foreignIn: (namespace: string) => FactOf<'foreign-policy'> | undefined;
};

/** The policies of a cluster. */
export const policiesOf: (facts: Facts) => Policies = memoised((facts: Facts): Policies => {
  const enforcer = enforcerOf(facts);
  const read = facts.seen('network-policy', CLUSTER);
  const calico = facts.seen('calico-policy', CLUSTER);
  const kubernetes = read.is === 'gap' ? [] : read.value;
  const own = calico.is === 'gap' ? [] : calico.value;
  const foreign = facts.seen('foreign-policy', CLUSTER);
  const isCalico = own.length > 0 || (enforcer.is === 'enforced' && enforcer.by === 'Calico');
  return {
    enforcer,
    byNamespace: grouped(kubernetes, ({ namespace }) => namespace),
    tiered: isCalico ? tieredPolicies(own, kubernetes) : null,
    context: calicoContext(facts),
    matching: {
      labelsOf: namespaceLabels(facts),
      blocksHoldPods: isCalico ? true : enforcer.is === 'enforced' ? enforcer.blocksHoldPods : undefined,
      // who holds no pods by their addresses (Cilium) holds nodes only where a setting says so
      blocksHoldNodes: isCalico || (enforcer.is === 'enforced' && enforcer.blocksHoldPods) ? true : undefined,
    },
    admin: adminOf(facts, enforcer),
    gaps: [...gapsOf('NetworkPolicies', read), ...(isCalico ? gapsOf("Calico's policies", calico) : [])],
    foreignIn: (namespace) =>
      foreign.is === 'gap' ? undefined : foreign.value.find((one) => one.namespace === null || one.namespace === namespace),
  };
});

/** The APIs of administrators' policies, and who enforces them wherever it runs; the others have a switch or a version for it. */
const APIS: readonly { readonly kinds: readonly string[]; readonly surelyBy: readonly string[] }[] = [
  { kinds: ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'], surelyBy: ['OVN-Kubernetes'] },
  { kinds: ['ClusterNetworkPolicy'], surelyBy: [] },
];

function adminOf(facts: Facts, enforcer: Enforcer): Admin {
  const [read, nodes] = [facts.seen('admin-policy', CLUSTER), facts.seen('node', CLUSTER)];
  const policies = read.is === 'gap' ? [] : read.value;
  return {
    policies,
    matching: {
      labelsOf: namespaceLabels(facts),
      nodes: new Map(
        nodes.is === 'gap' ? [] : nodes.value.flatMap(({ name, labels }) => (labels === undefined ? [] : [[name, labels] as const])),
      ),
      areAllNodes: nodes.is === 'seen' && nodes.complete,
    },
    doubts: enforcer.is === 'enforced' ? doubtsOf(policies, enforcer.by) : [],
  };
}

const doubtsOf = (policies: Admin['policies'], by: string): readonly Doubt[] =>
  APIS.flatMap(({ kinds, surelyBy }) => {
    const first = surelyBy.includes(by) ? undefined : policies.find(({ kind }) => kinds.includes(kind));
    return first === undefined
      ? []
      : [{ kinds, says: `whether ${by} enforces ${first.kind} ${first.name} depends on its version and settings` }];
  });

type ReadOf = ReturnType<Facts['seen']>;

/** Why what was read of a kind is not all that there is. */
function gapsOf(what: string, read: ReadOf): readonly Gap[] {
  if (read.is === 'gap') return [read.gap];
  return read.complete ? [] : [notEvaluated('network-policy', `not all ${what} of the cluster were listed`)];
}
