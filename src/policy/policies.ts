import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { FactOf } from '#facts/kinds';
import { CLUSTER } from '#snapshot/scope';
import type { Gap } from '#snapshot/gap';
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
  /** What an allowing or a denying verdict rests on and was not read as a whole. */
  readonly gaps: readonly Gap[];
  /** Policies of APIs that are not evaluated. */
  readonly foreign: readonly FactOf<'foreign-policy'>[];
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
    },
    gaps: [...gapsOf('NetworkPolicies', read), ...(isCalico ? gapsOf("Calico's policies", calico) : [])],
    foreign: foreign.is === 'gap' ? [] : foreign.value,
  };
});

type ReadOf = ReturnType<Facts['seen']>;

/** Why what was read of a kind is not all that there is. */
function gapsOf(what: string, read: ReadOf): readonly Gap[] {
  if (read.is === 'gap') return [read.gap];
  return read.complete ? [] : [notEvaluated('network-policy', `not all ${what} of the cluster were listed`)];
}
