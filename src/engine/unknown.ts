import type { Search } from './candidate.ts';
import type { Finding, UnknownVerdict } from './finding.ts';
import { verdictKey } from './judge.ts';
import { subjectText } from './subject.ts';

/** The verdicts that could not be given, with the gap that prevents them or the finding that hides them. */
export function unknownVerdicts({ first, revealed }: Search, findings: readonly Finding[]): readonly UnknownVerdict[] {
  const masks = findings.map((finding) => `${finding.fault.id} ${subjectText(finding.subject)}`);
  return first.flatMap((verdict): UnknownVerdict[] => {
    if (verdict.ruling.is !== 'unknown') return [];
    const subject = verdict.subject === null ? null : subjectText(verdict.subject);
    const later = revealed.get(verdictKey(verdict));
    if (later !== undefined && later.ruling.is === 'absent') return [];
    const mask = masks[0];
    if (verdict.ruling.gaps.length === 0 && mask !== undefined)
      return [{ fault: verdict.fault.id, subject, because: { is: 'masked', by: mask } }];
    return [{ fault: verdict.fault.id, subject, because: { is: 'gap', gaps: verdict.ruling.gaps } }];
  });
}
