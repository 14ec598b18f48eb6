import { differ, overFamilies } from '#engine/reach/families';
import type { Cell, ReachMatrix } from '#engine/reach/matrix';
import type { Cause, InFamily, Reached } from '#engine/reach/pair';
import type { AskedPort, ByPolicy } from '#engine/reach/policy-side';
import type { Facts } from '#facts/facts';
import { policyLints } from '#policy/lints';
import { policiesOf } from '#policy/policies';
import type { Side } from '#policy/verdict';
import type { Origin } from '#snapshot/origin';
import { originJson } from './origin-json.ts';
import type { Quote } from './quote.ts';

/** Who reaches whom as its schema (docs/schemas/reach.schema.json) tells it. */
export function reachJson(matrix: ReachMatrix, facts: Facts, findings: ReadonlyMap<Cell, string>, quote: Quote): object {
  return {
    pairs: matrix.pairs,
    grouped: matrix.isGrouped,
    enforcement: enforcementJson(facts, quote),
    cells: matrix.cells.map((cell) => cellJson(cell, findings.get(cell) ?? null, facts, quote)),
    lints: policyLints(facts).map(({ is, policy, path, says, evidence }) => ({
      is,
      policy,
      path,
      says,
      evidence: evidence.map((origin) => originJson(origin, quote)),
    })),
  };
}

function enforcementJson(facts: Facts, quote: Quote): object {
  const { enforcer } = policiesOf(facts);
  if (enforcer.is === 'unknown') return { is: enforcer.is, because: enforcer.gap.detail };
  const evidence = enforcer.evidence.slice(0, 4).map((origin) => originJson(origin, quote));
  return enforcer.is === 'enforced'
    ? { is: enforcer.is, by: enforcer.by, evidence }
    : { is: enforcer.is, because: enforcer.because, evidence };
}

const cellJson = (
  { from, to, port, family, verdict, counts, causes, sample }: Cell,
  finding: string | null,
  facts: Facts,
  quote: Quote,
): object => ({
  from: from.name,
  to: to.name,
  ...portJson(port),
  ...(family === null ? {} : { family }),
  verdict,
  counts,
  causes: causes.map(({ is, says, pairs }) => ({ is, says, pairs })),
  finding,
  members: { from: from.ends.map(({ name }) => name), to: to.ends.map(({ name }) => name) },
  sample: { from: sample.from.name, to: sample.to.name, ...pairJson(sample, facts, quote) },
});

/** One pair in every family that both ends have: one answer where all are alike, else one of all and each by itself. */
export function lineJson(answers: readonly InFamily[], facts: Facts, quote: Quote): object {
  const [first] = answers;
  if (first === undefined) throw new Error('a pair that was not asked');
  const isAlike = !differ(answers.map(({ verdict, cause }) => ({ verdict, says: cause === null ? [] : [cause.says] })));
  if (isAlike) return pairJson(first, facts, quote);
  const cause = answers.find(({ verdict }) => verdict !== 'yes')?.cause ?? null;
  return {
    verdict: overFamilies(answers.map(({ verdict }) => verdict)),
    cause: cause === null ? null : causeJson(cause),
    families: answers.map((answer) => ({ family: answer.family, ...pairJson(answer, facts, quote) })),
  };
}

/** One pair: the verdict, and what policies and its packets' way say. */
export function pairJson({ verdict, cause, policy, path }: Reached, facts: Facts, quote: Quote): object {
  return {
    verdict,
    cause: cause === null ? null : causeJson(cause),
    ...(policy === null ? {} : { policy: policyJson(policy, facts, quote) }),
    ...(path === null ? {} : { path: { is: path.is, failing: path.failing, says: path.says } }),
  };
}

const causeJson = ({ is, says }: Cause): object => ({ is, says });
const portJson = (port: AskedPort): object =>
  port === null ? { protocol: 'icmp' } : { protocol: port.protocol.toLowerCase(), port: port.port };

function policyJson({ is, says, shown }: ByPolicy, facts: Facts, quote: Quote): object {
  const sides = shown === null ? {} : { egress: sideJson(shown.egress, quote), ingress: sideJson(shown.ingress, quote) };
  return { is, says, enforced: policiesOf(facts).enforcer.is, ...sides };
}

const sideJson = ({ is, says, by, gaps }: Side, quote: Quote): object => ({
  is,
  says,
  by: by.map(({ policy, rule, origin }) => ({ policy, rule, ...originJson(inside(origin, rule), quote) })),
  gaps: gaps.map(({ of, why, detail }) => ({ of, why, detail })),
});

/** The rule's own place in the object. */
const inside = (origin: Origin, rule: string | null): Origin =>
  rule === null || origin.path === undefined ? origin : { ...origin, path: origin.path === '' ? rule : `${origin.path}.${rule}` };
