import type { Candidate } from './candidate.ts';
import type { Exclusion } from './finding.ts';
import { verdictKey } from './judge.ts';
import type { Search } from './search.ts';
import { nodesOf, subjectText } from './subject.ts';

/** The look-alikes that their own absent evidence rules out on what the candidate concerns, and that nobody's mend brings to light. */
export function exclusionsOf(candidate: Candidate, { first: verdicts, candidates }: Search): readonly Exclusion[] {
  const known = new Set(candidates.map(({ key }) => key));
  const nodes = new Set(nodesOf(candidate.subject));
  const subject = subjectText(candidate.subject);
  return candidate.fault.lookAlikes.flatMap((id) => {
    const about = verdicts.filter(({ fault, subject }) => fault.id === id && subject !== null);
    const near = about.filter(({ subject }) => subject !== null && nodesOf(subject).some((node) => nodes.has(node)));
    const same = about.filter((verdict) => verdict.subject !== null && subjectText(verdict.subject) === subject);
    const relevant = [same, near, about].find((some) => some.length > 0) ?? [];
    if (!relevant.every((verdict) => verdict.ruling.is === 'absent' && !known.has(verdictKey(verdict)))) return [];
    const [first] = relevant;
    if (first === undefined || first.subject === null || first.ruling.is !== 'absent') return [];
    return [{ fault: id, subject: subjectText(first.subject), evidence: first.ruling.evidence.slice(0, 3) }];
  });
}
