import type { Facts } from '#facts/facts';
import { behindOthers } from './behind.ts';
import { bracketOf } from './bracket.ts';
import type { Candidate } from './candidate.ts';
import { search, type Search } from './search.ts';
import { type AskedCheck, type Check, failed } from './check.ts';
import { coverageOf } from './coverage.ts';
import { exclusionsOf } from './exclusions.ts';
import type { Fault } from './fault.ts';
import type { Diagnosis, Finding, Unexplained } from './finding.ts';
import type { Verdict } from './judge.ts';
import { crosses, lookAt } from './look.ts';
import { movesEnd } from './moved.ts';
import { failingAsks } from './failing-asks.ts';
import { withOwnCauses } from './own-cause.ts';
import { changesOf } from './preview.ts';
import { type Proof, prove } from './proof.ts';
import { rank } from './rank.ts';
import { nodesOf, subjectText } from './subject.ts';
import { namedIn, unknownVerdicts } from './unknown.ts';
import type { View } from './view.ts';

/** From facts and checks to causes: what fails, why, proved how, and what could not be told. */
export const diagnose = (facts: Facts, faults: readonly Fault[], checks: readonly Check[]): Diagnosis =>
  diagnoseView(lookAt(facts, checks), faults);

/** The same of checks that were asked already. */
export function diagnoseView(view: View, faults: readonly Fault[]): Diagnosis {
  const { facts } = view;
  const found = search(view, faults);
  const asked = found.view.checks;
  // what was measured to fail and cannot be predicted is mended when it passes under a fix; what passes already is not
  const failing = asked.filter((check) => check.answered.result === 'fail' || (failed(check) && check.answered.result === 'unknown'));
  const passing = asked.filter((check) => check.answered.result === 'pass');
  const proofs = prove(facts, found.candidates, failing, passing);
  const drafts = proofs.flatMap((proof) => findingOf(proof, statusOf(proof, found, facts), found));
  const ranked = withOwnCauses(rank(drafts), drafts, found);
  const explained = new Set(ranked.flatMap(({ explains }) => explains));
  const released = releasedBy(ranked);
  const unexplained = asked.filter((check) => failed(check) && !explained.has(check.id) && !released.has(check.id));
  const behind = behindOthers(proofs, ranked, found).flatMap((proof) => findingOf(proof, 'supported', found));
  const told = [...ranked, ...behind];
  const findings = [...told, ...oneOfSeveral(proofs, told, unexplained, found)];
  return {
    findings,
    unexplained: unexplained.map(unexplainedOf),
    unknown: unknownVerdicts(found, findings),
    absent: found.first.flatMap(absentOf),
    checks: asked,
    coverage: coverageOf(facts, found),
  };
}

/** Checks that no longer fail where a proved finding made them fail, but whose way then leaves what was captured. */
const releasedBy = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(
    findings
      .filter(({ status }) => status === 'proved')
      .flatMap(({ counterfactual }) => counterfactual.filter(({ after }) => after === 'unknown').map(({ check }) => check)),
  );

/**
 * Candidates that explain nothing, but by whose fix something ends elsewhere that nothing explains: each is a cause, and another
 * one, which is not known, lies behind it.
 */
function oneOfSeveral(
  proofs: readonly Proof[],
  ranked: readonly Finding[],
  unexplained: readonly AskedCheck[],
  found: Search,
): readonly Finding[] {
  const named = namedIn(ranked);
  return proofs
    .filter(({ candidate }) => !named.has(candidate.key) && movesEnd(found.view.facts, candidate, unexplained))
    .flatMap((proof) => findingOf(proof, 'supported', found));
}

/** A candidate becomes a finding when its fix mends something, or when nothing could be asked; else it harms nobody. */
function findingOf(proof: Proof, status: Finding['status'] | undefined, found: Search): Finding[] {
  const { candidate, mends } = proof;
  if (status === undefined || candidate.verdict.ruling.is !== 'found') return [];
  return [
    {
      fault: candidate.fault,
      subject: candidate.subject,
      status,
      params: candidate.params,
      evidence: candidate.verdict.ruling.evidence,
      excludes: exclusionsOf(candidate, found),
      explains: [...mends],
      counterfactual: proof.counterfactual.filter(({ check, after }) => mends.has(check) || after !== 'fail'),
      alternatives: [],
      breaks: proof.breaks,
      fix: candidate.plan,
    },
  ];
}

function statusOf({ candidate, mends }: Proof, found: Search, facts: Facts): Finding['status'] | undefined {
  if (mends.size > 0 || ownProof(candidate, found.candidates, facts)) return 'proved';
  if (candidate.fault.latent === true) return 'supported';
  // it fails what it asks by itself, and nothing previews a person's work on it
  if (changesOf(candidate.plan).length === 0 && failingAsks(candidate, facts).length > 0) return 'supported';
  const nodes = nodesOf(candidate.subject);
  const open = found.view.checks.filter(({ answered }) => answered.result !== 'pass');
  const concerned = open.filter((check) => nodes.length === 0 || nodes.some((node) => crosses(check, node)));
  // no question crosses a machine that nobody captured: what its neighbours say stands alone
  const captured = found.view.facts.nodes();
  if (nodes.length > 0 && nodes.every((node) => !captured.includes(node))) return 'supported';
  // and what is of no one machine harms its peers, of whom nobody could be asked where one machine alone was captured
  if (nodes.length === 0 && captured.length === 1) return 'supported';
  // every question that it could harm is answered well: a suspicious bit in a healthy cluster
  if (concerned.length === 0) return found.view.checks.length === 0 ? 'supported' : undefined;
  if (changesOf(candidate.plan).length === 0) return 'supported';
  // what cannot be answered with or without it has nothing to do with it
  const unknown = concerned.filter(({ answered }) => answered.result === 'unknown');
  return movesEnd(facts, candidate, unknown) ? 'supported' : undefined;
}

/** Whether the questions that the fault asks by itself turn from fail to pass under its fix, or under a set of fixes that needs it. */
function ownProof(candidate: Candidate, candidates: readonly Candidate[], facts: Facts): boolean {
  const failing = failingAsks(candidate, facts);
  if (failing.length === 0) return false;
  const mendsWith = (tried: readonly Candidate[]): boolean => {
    const proof = prove(facts, tried, failing, []).find((one) => one.candidate === candidate);
    return proof !== undefined && failing.every(({ id }) => proof.mends.has(id));
  };
  return mendsWith([candidate]) || mendsWith(candidates);
}

function unexplainedOf(check: AskedCheck): Unexplained {
  return { check, says: check.observed?.says ?? check.answered.says, bracket: bracketOf(check) };
}

function absentOf(verdict: Verdict): Diagnosis['absent'] {
  const { fault, subject, ruling } = verdict;
  return ruling.is === 'absent' && subject !== null ? [{ fault: fault.id, subject: subjectText(subject), evidence: ruling.evidence }] : [];
}

/** The verdict of one fault on one subject in a diagnosis: what a mend is verified by. */
export function verdictIn(diagnosis: Diagnosis, fault: string, subject: string): 'found' | 'absent' | 'unknown' {
  if (diagnosis.findings.some((finding) => finding.fault.id === fault && subjectText(finding.subject) === subject)) return 'found';
  return diagnosis.absent.some((one) => one.fault === fault && one.subject === subject) ? 'absent' : 'unknown';
}
