import type { PolicyEnd, PolicyQuestion } from '../question.ts';
import { allowed, denied, notEvaluated, type Side, unclear } from '../verdict.ts';
import type { AdminPolicy } from '#facts/admin-policy/admin-policy';
import type { AdminMatching, Asked } from './matching.ts';
import { type Outcome, outcomesOf } from './tier.ts';

type Direction = 'Ingress' | 'Egress';

/** The policies of administrators, and what matching them needs to know. */
export type Admin = {
  readonly policies: readonly AdminPolicy[];
  readonly matching: AdminMatching;
  /** Why it is not known whether anybody enforces them, where somebody enforces NetworkPolicies. */
  readonly doubt: string | null;
};

/**
 * One side with the policies of administrators around that of NetworkPolicies: the Admin tier first, then NetworkPolicies, which
 * decide about every pod that one selects, then the Baseline tier; what none decides is allowed (policy.networking.k8s.io).
 */
export function withAdmin(direction: Direction, admin: Admin, question: PolicyQuestion, own: Side): Side {
  const ends: readonly [PolicyEnd, PolicyEnd] = direction === 'Ingress' ? [question.to, question.from] : [question.from, question.to];
  if (admin.policies.length === 0 || ends[0].is !== 'pod' || isItself(ends)) return own;
  const asked: Asked = { question, matching: admin.matching };
  const strange = admin.policies.find(({ tier }) => tier === null);
  if (strange !== undefined) return inDoubt(`the tier of ${strange.kind} ${strange.name} is not known`, own);
  const inTier = (tier: AdminPolicy['tier'], next: () => readonly Side[]): readonly Side[] => {
    const outcomes = outcomesOf(
      direction,
      admin.policies.filter((policy) => policy.tier === tier),
      ends,
      asked,
    );
    return outcomes.flatMap((outcome) => sideOf(outcome) ?? next());
  };
  const sides = inTier('Admin', () => (isUndecided(own) ? inTier('Baseline', () => [own]) : [own]));
  return joined(sides, own, admin.doubt);
}

/** Nothing of a pod's own leaves it. */
const isItself = ([here, there]: readonly [PolicyEnd, PolicyEnd]): boolean =>
  here.is === 'pod' && there.is === 'pod' && here.pod.namespace === there.pod.namespace && here.pod.name === there.pod.name;

/** No NetworkPolicy selects the pod, nor is it open whatever they say. */
const isUndecided = ({ is, by, always }: Side): boolean => is === 'allowed' && by.length === 0 && always !== true;

function sideOf({ is, by }: Outcome): Side | undefined {
  if (by === null || is === 'none' || is === 'Pass') return undefined;
  const says = `${by.rule} of ${by.policy} ${is === 'Allow' ? 'allows' : 'denies'} it`;
  return is === 'Allow' ? allowed(says, by) : denied(says, by);
}

/** What all that may be comes to, where it is the same; else nobody knows. */
function joined(sides: readonly Side[], own: Side, doubt: string | null): Side {
  const [first = own, ...others] = sides;
  const differs = others.find(({ is }) => is !== first.is);
  if (differs !== undefined) {
    const rules = [...first.by, ...differs.by].map(({ policy, rule }) => (rule === null ? policy : `${rule} of ${policy}`));
    return inDoubt(`which decides cannot be told: ${rules.join(', ')}`, first, differs);
  }
  // what no rule of theirs decides is the same without them
  const isTheirs = first !== own && first.is !== own.is;
  if (isTheirs && own.always === true) return inDoubt(`${own.says}, which ${first.by[0]?.policy ?? 'a policy'} may take away`, first);
  return isTheirs && doubt !== null ? inDoubt(doubt, first) : first;
}

function inDoubt(says: string, ...sides: readonly Side[]): Side {
  return unclear(says, [notEvaluated('admin-policy', says)], ...sides.flatMap(({ by }) => by));
}
