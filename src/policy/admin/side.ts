import { memoised } from '#dataplane/memo';
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
  /** Of which kinds it is not known whether anybody enforces them, where somebody enforces NetworkPolicies. */
  readonly doubts: readonly Doubt[];
};

/** The kinds of one API, which are enforced together or not at all, and why nobody knows. */
export type Doubt = { readonly kinds: readonly string[]; readonly says: string };

/**
 * One side with the policies of administrators around that of NetworkPolicies: the Admin tier first, then NetworkPolicies, which
 * decide about every pod that one selects, then the Baseline tier; what none decides is allowed (policy.networking.k8s.io).
 */
export function withAdmin(direction: Direction, admin: Admin, question: PolicyQuestion, own: Side): Side {
  const ends: readonly [PolicyEnd, PolicyEnd] = direction === 'Ingress' ? [question.to, question.from] : [question.from, question.to];
  if (admin.policies.length === 0 || ends[0].is !== 'pod' || isItself(ends)) return own;
  const asked: Asked = { question, matching: admin.matching };
  const [side = own, ...others] = enforcedOf(admin).map((policies) => sideAmong(direction, policies, ends, asked, own));
  const other = others.find(({ is }) => is !== side.is);
  return other === undefined ? side : inDoubt(admin.doubts[0]?.says ?? '', side, other);
}

/** The policies that may be enforced: all of them first, then without those of each API in doubt. */
const enforcedOf = memoised(({ policies, doubts }: Admin) =>
  doubts.reduce<readonly (readonly AdminPolicy[])[]>(
    (all, { kinds }) => all.flatMap((some) => [some, some.filter(({ kind }) => !kinds.includes(kind))]),
    [policies],
  ),
);

function sideAmong(
  direction: Direction,
  policies: readonly AdminPolicy[],
  ends: readonly [PolicyEnd, PolicyEnd],
  asked: Asked,
  own: Side,
): Side {
  const strange = policies.find(({ tier }) => tier === null);
  if (strange !== undefined) return inDoubt(`the tier of ${strange.kind} ${strange.name} is not known`, own);
  const inTier = (asks: AdminPolicy['tier'], next: () => readonly Side[]): readonly Side[] => {
    const outcomes = outcomesOf(
      direction,
      policies.filter(({ tier }) => tier === asks),
      ends,
      asked,
    );
    return outcomes.flatMap((outcome) => sideOf(outcome) ?? next());
  };
  return joined(
    inTier('Admin', () => (isUndecided(own) ? inTier('Baseline', () => [own]) : [own])),
    own,
  );
}

/** Nothing of a pod's own leaves it. */
const isItself = ([here, there]: readonly [PolicyEnd, PolicyEnd]): boolean =>
  here.is === 'pod' && there.is === 'pod' && here.pod.namespace === there.pod.namespace && here.pod.name === there.pod.name;

/** No NetworkPolicy selects the pod. */
const isUndecided = ({ is, by }: Side): boolean => is === 'allowed' && by.length === 0;

function sideOf({ is, by }: Outcome): Side | undefined {
  if (by === null || is === 'none' || is === 'Pass') return undefined;
  const says = `${by.rule} of ${by.policy} ${is === 'Allow' ? 'allows' : 'denies'} it`;
  return is === 'Allow' ? allowed(says, by) : denied(says, by);
}

/** What all that may be comes to, where it is the same; else nobody knows. */
function joined(sides: readonly Side[], own: Side): Side {
  const [first = own, ...others] = sides;
  const differs = others.find(({ is }) => is !== first.is);
  if (differs !== undefined) {
    const rules = [...first.by, ...differs.by].map(({ policy, rule }) => (rule === null ? policy : `${rule} of ${policy}`));
    return inDoubt(`which decides cannot be told: ${rules.join(', ')}`, first, differs);
  }
  const isTaken = own.always === true && first.is !== own.is;
  return isTaken ? inDoubt(`${own.says}, which ${first.by[0]?.policy ?? 'a policy'} may take away`, first) : first;
}

function inDoubt(says: string, ...sides: readonly Side[]): Side {
  return unclear(says, [notEvaluated('admin-policy', says)], ...sides.flatMap(({ by }) => by));
}
