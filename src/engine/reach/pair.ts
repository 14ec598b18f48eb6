import type { World } from '#dataplane/world';
import type { Family } from '#net/ip';
import { policiesOf } from '#policy/policies';
import type { ReachEnd } from './end.ts';
import type { ByPath } from './by-path.ts';
import { familiesOf, inFamily } from './families.ts';
import { byPath } from './path-side.ts';
import { type AskedPort, type ByPolicy, byPolicy } from './policy-side.ts';
import type { Verdict } from './verdict.ts';

/** By what a pair is judged. */
export type By = 'policy' | 'path' | 'both';

/** Whether one end reaches another, by what its policies say and by what its packets meet. */
export type Reached = {
  readonly from: ReachEnd;
  readonly to: ReachEnd;
  readonly port: AskedPort;
  readonly verdict: Verdict;
  /** Why not, or what is odd about a yes: policy (meant so), the path (where it ends), or what was not seen. */
  readonly cause: Cause | null;
  readonly policy: ByPolicy | null;
  readonly path: ByPath | null;
};

/** A reason that stands beside a verdict. */
export type Cause = {
  readonly is: 'policy' | 'path' | 'policy not enforced' | 'unseen';
  readonly says: string;
};

/** Judges one pair. */
export function reached(world: World, from: ReachEnd, to: ReachEnd, port: AskedPort, by: By): Reached {
  const policy = by === 'path' ? null : byPolicy(world.facts, from, to, port);
  const path = by === 'policy' ? null : byPath(world, from, to, port);
  return { from, to, port, policy, path, ...together(world, policy, path) };
}

/** Judges one pair in every family that both ends have; where they have none in common, by their first addresses. */
export function reachedInFamilies(world: World, from: ReachEnd, to: ReachEnd, port: AskedPort, by: By): readonly InFamily[] {
  const asked = familiesOf(from, to).flatMap((family): readonly InFamily[] => {
    const [own, other] = [inFamily(from, family), inFamily(to, family)];
    return own === undefined || other === undefined ? [] : [{ ...reached(world, own, other, port, by), family }];
  });
  return asked.length > 0 ? asked : [{ ...reached(world, from, to, port, by), family: null }];
}

/** What is told of a pair in one family; `null`: in none that both have. */
export type InFamily = Reached & { readonly family: Family | null };

function together(world: World, policy: ByPolicy | null, path: ByPath | null): Pick<Reached, 'verdict' | 'cause'> {
  if (path === null) return policy === null ? { verdict: 'unknown', cause: null } : onPaper(policy);
  const { enforcer } = policiesOf(world.facts);
  const denies = policy?.is === 'denied' || policy?.is === 'partly';
  if (path.is === 'yes') {
    // packets pass: what a policy says is then not done, and that is worth a word
    if (!denies) return { verdict: 'yes', cause: null };
    const who = enforcer.is === 'not enforced' ? enforcer.because : 'the rules that were captured let it through';
    return { verdict: 'yes', cause: { is: 'policy not enforced', says: `${policy.says}; ${who}` } };
  }
  if (denies && enforcer.is === 'enforced' && (path.is === 'unknown' || policy.is === 'denied')) {
    return { verdict: policy.is === 'partly' ? 'partly' : 'no', cause: { is: 'policy', says: policy.says } };
  }
  if (path.is === 'unknown') return { verdict: 'unknown', cause: { is: 'unseen', says: path.says } };
  return { verdict: path.is, cause: { is: 'path', says: path.says } };
}

function onPaper({ is, says }: ByPolicy): Pick<Reached, 'verdict' | 'cause'> {
  if (is === 'allowed') return { verdict: 'yes', cause: null };
  if (is === 'unknown') return { verdict: 'unknown', cause: { is: 'unseen', says } };
  return { verdict: is === 'partly' ? 'partly' : 'no', cause: { is: 'policy', says } };
}
