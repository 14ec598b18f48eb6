import type { Candidate } from './candidate.ts';
import type { Search } from './search.ts';
import { failed } from './check.ts';
import type { Finding, UnknownVerdict } from './finding.ts';
import { verdictKey } from './judge.ts';
import { crosses } from './look.ts';
import { failingAsks } from './failing-asks.ts';
import { nodesOf, type Subject, subjectText } from './subject.ts';
import type { Gap } from '#snapshot/gap';
import { CLUSTER } from '#snapshot/scope';

/** Why it cannot be told of what waits behind another cause, where none was found. */
const HIDDEN: Gap = {
  of: 'cause',
  scope: CLUSTER,
  why: 'not told',
  detail: 'it may wait behind what else stands in the way, and nothing was found that does',
};

/** The verdicts that could not be given, with the gap that prevents them or the finding that hides them. */
export function unknownVerdicts(search: Search, findings: readonly Finding[]): readonly UnknownVerdict[] {
  const { first, revealed, candidates } = search;
  const named = namedIn(findings);
  const open = first.flatMap((verdict): UnknownVerdict[] => {
    if (verdict.ruling.is !== 'unknown' || named.has(verdictKey(verdict))) return [];
    const subject = verdict.subject === null ? null : subjectText(verdict.subject);
    const later = revealed.get(verdictKey(verdict));
    if (later !== undefined && later.ruling.is === 'absent') return [];
    const mask = verdict.ruling.gaps.length > 0 ? undefined : nearest(verdict.subject, findings);
    if (mask !== undefined) return [{ fault: verdict.fault.id, subject, because: { is: 'masked', by: keyOf(mask) } }];
    const gaps = verdict.ruling.gaps.length > 0 ? verdict.ruling.gaps : [HIDDEN];
    return [{ fault: verdict.fault.id, subject, because: { is: 'gap', gaps } }];
  });
  return [...open, ...candidates.filter(({ key }) => !named.has(key)).flatMap((candidate) => maskedCandidate(candidate, search, findings))];
}

/** What the findings speak of, as themselves or as alternatives: the keys of verdicts. */
export const namedIn = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(findings.flatMap((finding) => [keyOf(finding), ...finding.alternatives.map(({ fault, subject }) => `${fault} ${subject}`)]));

const keyOf = ({ fault, subject }: Pick<Finding, 'fault' | 'subject'>): string => `${fault.id} ${subjectText(subject)}`;

/** The finding that shares a node with a subject, else the first. */
function nearest(subject: Subject | null, findings: readonly Finding[]): Finding | undefined {
  const nodes = subject === null ? [] : nodesOf(subject);
  return findings.find((finding) => nodesOf(finding.subject).some((node) => nodes.includes(node))) ?? findings[0];
}

/**
 * Seen, but its fix alone changes no answer while others' fixes do: whether it harms is hidden behind the finding that explains
 * what fails where it lies. Where nothing fails there, it is a suspicious bit and no more.
 */
function maskedCandidate(candidate: Candidate, search: Search, findings: readonly Finding[]): readonly UnknownVerdict[] {
  const { fault, subject, round } = candidate;
  const { view } = search;
  const nodes = nodesOf(subject);
  const near = view.checks.filter((check) => failed(check) && (nodes.length === 0 || nodes.some((node) => crosses(check, node))));
  const explaining = findings.find(({ explains }) => near.some(({ id }) => explains.includes(id)));
  // what came to light under another's fix lies behind that one, though nothing can be told of what fails there
  const mask =
    explaining ?? askingTheSame(candidate, search, findings) ?? (round > 0 && near.length > 0 ? nearest(subject, findings) : undefined);
  if (mask === undefined) return [];
  return [{ fault: fault.id, subject: subjectText(subject), because: { is: 'masked', by: keyOf(mask) } }];
}

/** The finding that fails what a candidate asks by itself, too: as long as that is not mended nobody can tell whether the candidate's fix would do. */
function askingTheSame(candidate: Candidate, { view, candidates }: Search, findings: readonly Finding[]): Finding | undefined {
  const own = new Set(failingAsks(candidate, view.facts).map(({ id }) => id));
  if (own.size === 0) return undefined;
  const asked = new Map(candidates.map((one) => [one.key, one]));
  return findings.find((finding) => {
    const other = asked.get(keyOf(finding));
    return other !== undefined && failingAsks(other, view.facts).some(({ id }) => own.has(id));
  });
}
