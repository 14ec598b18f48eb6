import type { Facts } from '#facts/facts';
import type { Search } from './search.ts';
import type { AskedCheck } from './check.ts';
import type { Coverage } from './finding.ts';

/** How much was looked at: checks by answer, the reasons of unknown ones, verdicts by answer. */
export function coverageOf(facts: Facts, { first, view }: Search): Coverage {
  // as measured, or, where nobody measured, as predicted: each check is counted once
  const count = (result: AskedCheck['answered']['result']): number =>
    view.checks.filter(({ observed, answered }) => (observed?.result ?? answered.result) === result).length;
  const reasons = new Map<string, Coverage['reasons'][number]>();
  for (const { answered } of view.checks) {
    if (answered.result !== 'unknown') continue;
    const [gap] = answered.gaps;
    const says = gap?.detail ?? answered.says;
    const capture = gap?.capture === undefined ? {} : { capture: gap.capture };
    reasons.set(says, { says, checks: (reasons.get(says)?.checks ?? 0) + 1, ...capture });
  }
  const verdicts = (is: 'found' | 'absent' | 'unknown'): number => first.filter(({ ruling }) => ruling.is === is).length;
  return {
    nodes: facts.nodes(),
    checks: { asked: view.checks.length, passed: count('pass'), failed: count('fail'), unknown: count('unknown') },
    reasons: [...reasons.values()].sort((one, other) => other.checks - one.checks),
    verdicts: { found: verdicts('found'), absent: verdicts('absent'), unknown: verdicts('unknown') },
  };
}
