import type { AdminPolicy, AdminRule } from '#facts/admin-policy/admin-policy';
import { grouped } from '#facts/grouped';
import type { PolicyEnd } from '../question.ts';
import type { Decider } from '../verdict.ts';
import { type Asked, ruleHolds } from './matching.ts';

/** What a tier may make of a connection: what a rule of it says, or `none`: no rule holds. */
export type Outcome = { readonly is: NonNullable<AdminRule['action']> | 'none'; readonly by: Decider | null };

const NONE: Outcome = { is: 'none', by: null };

/**
 * Everything that the policies of one tier may come to: by priority, and in one policy the first rule that holds. Of policies with
 * the same priority any may be applied (policy.networking.k8s.io). More than one outcome: which one cannot be told.
 */
export function outcomesOf(
  direction: 'Ingress' | 'Egress',
  policies: readonly AdminPolicy[],
  ends: readonly [PolicyEnd, PolicyEnd],
  asked: Asked,
): readonly Outcome[] {
  const isMixed = new Set(policies.map(({ kind }) => kind)).size > 1;
  const sorted = policies.toSorted((one, other) => (one.priority ?? 0) - (other.priority ?? 0));
  // which of two APIs comes first no text says
  const groups = grouped(sorted, ({ priority }) => (isMixed ? null : priority));
  const possible: Outcome[] = [];
  for (const group of groups.values()) {
    const each = group.map((policy) => outcomesIn(policy, direction === 'Ingress' ? policy.ingress : policy.egress, ends, asked));
    possible.push(...each.flat().filter(({ is }) => is !== 'none'));
    if (!each.every((outcomes) => outcomes.some(({ is }) => is === 'none'))) return possible;
  }
  return [...possible, NONE];
}

function outcomesIn(
  policy: AdminPolicy,
  rules: readonly AdminRule[],
  ends: readonly [PolicyEnd, PolicyEnd],
  asked: Asked,
): readonly Outcome[] {
  const possible: Outcome[] = [];
  for (const rule of rules) {
    const holds = ruleHolds(policy, rule, ends, asked);
    if (holds === false) continue;
    const by = { policy: `${policy.kind} ${policy.name}`, rule: rule.path, origin: policy.origin };
    // of a word that is not known nobody knows what it does
    const actions = rule.action === null ? (['Allow', 'Deny', 'Pass'] as const) : [rule.action];
    possible.push(...actions.map((is): Outcome => ({ is, by })));
    if (holds === true) return possible;
  }
  return [...possible, NONE];
}
