import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { bracketOf } from './bracket.ts';
import { type Candidate, search, type Search } from './candidate.ts';
import { type AskedCheck, type Check, failed } from './check.ts';
import { coverageOf } from './coverage.ts';
import { exclusionsOf } from './exclusions.ts';
import type { Fault } from './fault.ts';
import type { Diagnosis, Finding, Unexplained } from './finding.ts';
import type { Verdict } from './judge.ts';
import { crosses } from './look.ts';
import { type Proof, prove } from './proof.ts';
import { rank } from './rank.ts';
import { nodesOf, subjectText } from './subject.ts';
import { unknownVerdicts } from './unknown.ts';

/** From facts and checks to causes: what fails, why, proved how, and what could not be told. */
export function diagnose(facts: Facts, faults: readonly Fault[], checks: readonly Check[]): Diagnosis {
  const found = search(facts, faults, checks);
  const asked = found.view.checks;
  // what was measured to fail and cannot be predicted is mended when it passes under a fix; what passes already is not
  const failing = asked.filter((check) => check.answered.result === 'fail' || (failed(check) && check.answered.result === 'unknown'));
  const passing = asked.filter((check) => check.answered.result === 'pass');
  const proofs = prove(facts, found.candidates, failing, passing);
  const findings = rank(proofs.flatMap((proof) => findingOf(proof, found, facts)));
  const explained = new Set(findings.flatMap(({ explains }) => explains));
  const released = releasedBy(findings);
  return {
    findings,
    unexplained: asked.filter((check) => failed(check) && !explained.has(check.id) && !released.has(check.id)).map(unexplainedOf),
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

/** A candidate becomes a finding when its fix mends something, or when nothing could be asked; else it harms nobody. */
function findingOf(proof: Proof, found: Search, facts: Facts): Finding[] {
  const { candidate, mends } = proof;
  const own = ownProof(candidate, facts);
  const status = statusOf(candidate, mends.size > 0 || own, found);
  if (status === undefined || candidate.verdict.ruling.is !== 'found') return [];
  return [
    {
      fault: candidate.fault,
      subject: candidate.subject,
      status,
      params: candidate.params,
      evidence: candidate.verdict.ruling.evidence,
      excludes: exclusionsOf(candidate, found.first),
      explains: [...mends],
      counterfactual: proof.counterfactual.filter(({ check, after }) => mends.has(check) || after !== 'fail'),
      alternatives: [],
      breaks: proof.breaks,
      fix: candidate.plan,
    },
  ];
}

function statusOf(candidate: Candidate, mends: boolean, found: Search): Finding['status'] | undefined {
  if (mends) return 'proved';
  if (candidate.fault.latent === true) return 'supported';
  const nodes = nodesOf(candidate.subject);
  const open = found.view.checks.filter(({ answered }) => answered.result !== 'pass');
  const concerned = open.filter((check) => nodes.length === 0 || nodes.some((node) => crosses(check, node)));
  // no question crosses a machine that nobody captured: what its neighbours say stands alone
  const captured = found.view.facts.nodes();
  if (nodes.length > 0 && nodes.every((node) => !captured.includes(node))) return 'supported';
  // every question that it could harm is answered well: a suspicious bit in a healthy cluster
  if (concerned.length === 0) return found.view.checks.length === 0 ? 'supported' : undefined;
  if (concerned.some(({ answered }) => answered.result === 'unknown')) return 'supported';
  return candidate.plan.steps.length === 0 ? 'supported' : undefined;
}

/** Whether the questions that the fault asks by itself turn from fail to pass under its fix. */
function ownProof(candidate: Candidate, facts: Facts): boolean {
  if (candidate.asks.length === 0) return false;
  const world = worldOf(facts);
  const failing = candidate.asks
    .map((check): AskedCheck => ({ ...check, answered: check.ask(world) }))
    .filter(({ answered }) => answered.result === 'fail');
  if (failing.length === 0) return false;
  const [proof] = prove(facts, [candidate], failing, []);
  return proof !== undefined && failing.every(({ id }) => proof.mends.has(id));
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
