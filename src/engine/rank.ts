import type { Finding } from './finding.ts';
import { subjectText } from './subject.ts';

/**
 * The smallest set that explains the most comes first: greedily, the finding that explains the most of what is not yet
 * explained; one that adds nothing becomes an alternative of the finding that explains the same.
 */
export function rank(findings: readonly Finding[]): readonly Finding[] {
  const left = [...findings];
  const explained = new Set<string>();
  const ranked: Finding[] = [];
  while (left.length > 0) {
    left.sort(
      (one, other) =>
        weight(other, explained) - weight(one, explained) ||
        other.evidence.length - one.evidence.length ||
        one.fault.id.localeCompare(other.fault.id),
    );
    const next = left.shift();
    if (next === undefined) break;
    const fresh = next.explains.filter((check) => !explained.has(check));
    const sameAs = next.explains.length > 0 && fresh.length === 0 ? ranked.findIndex((one) => isAlternative(next, one)) : -1;
    const first = ranked[sameAs];
    if (first !== undefined) {
      ranked[sameAs] = { ...first, alternatives: [...first.alternatives, { fault: next.fault.id, subject: subjectText(next.subject) }] };
      continue;
    }
    for (const check of next.explains) explained.add(check);
    ranked.push(next);
  }
  return ranked;
}

/** Mends the same, and not only together with it: either of both would do. */
function isAlternative(next: Finding, first: Finding): boolean {
  const key = `${first.fault.id} ${subjectText(first.subject)}`;
  const joint = next.counterfactual.some(({ check, together }) => next.explains.includes(check) && together.includes(key));
  return !joint && next.explains.every((check) => first.explains.includes(check));
}

const STATUS = { proved: 2, supported: 1, suspected: 0 } as const;

function weight(finding: Finding, explained: ReadonlySet<string>): number {
  const fresh = finding.explains.filter((check) => !explained.has(check)).length;
  const severity = finding.fault.severity === 'error' ? 1 : 0;
  return severity * 1e9 + STATUS[finding.status] * 1e8 + fresh;
}
