import { askUnder } from './applied.ts';
import type { Candidate } from './candidate.ts';
import type { Search } from './search.ts';
import { failingAsks } from './failing-asks.ts';
import type { Finding } from './finding.ts';
import { subjectText } from './subject.ts';

/** Puts beside its finding what stands there as an alternative of it and is a cause of its own: its own questions fail under the other's fix, too. */
export function withOwnCauses(ranked: readonly Finding[], drafts: readonly Finding[], { candidates, view }: Search): readonly Finding[] {
  const candidateOf = (fault: string, subject: string): Candidate | undefined =>
    candidates.find(({ key }) => key === `${fault} ${subject}`);
  return ranked.flatMap((finding): readonly Finding[] => {
    const first = candidateOf(finding.fault.id, subjectText(finding.subject));
    const own = finding.alternatives.filter(({ fault, subject }) => {
      const candidate = candidateOf(fault, subject);
      if (first === undefined || candidate === undefined) return false;
      const asks = failingAsks(candidate, view.facts);
      return asks.length > 0 && [...askUnder(view.facts, [first], asks).values()].includes('fail');
    });
    const isOwn = (fault: string, subject: string): boolean => own.some((one) => one.fault === fault && one.subject === subject);
    const beside = drafts.filter((draft) => isOwn(draft.fault.id, subjectText(draft.subject)));
    return [{ ...finding, alternatives: finding.alternatives.filter(({ fault, subject }) => !isOwn(fault, subject)) }, ...beside];
  });
}
