import type { Diagnosis, UnknownVerdict } from '#engine/finding';
import type { Language } from '#engine/words';
import type { Facts } from '#facts/facts';
import { amount } from './amount.ts';
import { askedText } from './asked-text.ts';
import { indented } from './fold.ts';
import { findingText } from './finding-text.ts';
import type { Quote } from './quote.ts';

const MAX_LISTED = 8;

const WORDS = {
  en: {
    head: (nodes: number, asked: number, passed: number, failed: number, unknown: number) =>
      `${amount(nodes, 'node')}, ${asked} checks: ${passed} pass, ${failed} fail, ${unknown} unknown`,
    fine: 'nothing found',
    open: (unknown: number, asked: number) => `; ${unknown} of ${asked} checks have no answer`,
    blind: 'nothing found, and nothing known: no check has an answer',
    unexplained: 'fails, and nothing found explains it:',
    unknown: 'could not be judged:',
    masked: (by: string) => `hidden behind ${by}`,
    reasons: 'checks without an answer:',
    more: (count: number) => `… and ${count} more`,
    capture: 'capture',
  },
  zh: {
    head: (nodes: number, asked: number, passed: number, failed: number, unknown: number) =>
      `${nodes} 个节点,${asked} 项检查:${passed} 项正常,${failed} 项失败,${unknown} 项未知`,
    fine: '没有发现问题',
    open: (unknown: number, asked: number) => `;${asked} 项检查中有 ${unknown} 项没有答案`,
    blind: '没有发现问题,但也一无所知:没有任何检查得到答案',
    unexplained: '失败,但没有发现能解释它的原因:',
    unknown: '无法判断:',
    masked: (by: string) => `被 ${by} 掩盖`,
    reasons: '没有答案的检查:',
    more: (count: number) => `……另有 ${count} 项`,
    capture: '需采集',
  },
} as const;

/** The whole answer: causes first, then what nothing explains, what could not be judged, and how much was looked at. */
export function diagnosisText(diagnosis: Diagnosis, facts: Facts, quote: Quote, language: Language = 'en'): string {
  const words = WORDS[language];
  const { coverage, findings, unexplained } = diagnosis;
  const { asked, passed, failed, unknown } = coverage.checks;
  const blocks = [words.head(coverage.nodes.length, asked, passed, failed, unknown)];
  blocks.push(...askedText(diagnosis.checks, language));
  for (const finding of findings) blocks.push(findingText(finding, facts, quote, language));
  if (unexplained.length > 0) {
    blocks.push(
      listed(
        words.unexplained,
        unexplained.map(({ check, says, bracket }) => `${check.id}: ${bracket?.says ?? says}`),
        words.more,
      ),
    );
  }
  const gaps = groupUnknown(diagnosis.unknown, words);
  if (gaps.length > 0) blocks.push(listed(words.unknown, gaps, words.more));
  if (coverage.reasons.length > 0)
    blocks.push(
      listed(
        words.reasons,
        coverage.reasons.map(
          ({ says, checks, capture }) => `${checks} × ${says}${capture === undefined ? '' : ` (${words.capture}: ${capture})`}`,
        ),
        words.more,
      ),
    );
  if (findings.length === 0 && unexplained.length === 0) blocks.push(nothingFound(coverage.checks, words));
  return `${blocks.join('\n\n')}\n`;
}

/** That nothing was found is worth as much as was asked: most checks must have their answer, and the others are told. */
function nothingFound({ asked, passed, unknown }: Diagnosis['coverage']['checks'], words: (typeof WORDS)[Language]): string {
  if (passed === 0) return `?  ${words.blind}`;
  return `${passed > unknown ? '✓' : '?'}  ${words.fine}${unknown === 0 ? '' : words.open(unknown, asked)}`;
}

function listed(title: string, lines: readonly string[], more: (count: number) => string): string {
  const shown = lines.slice(0, MAX_LISTED).map((line) => indented(line, 3));
  if (lines.length > MAX_LISTED) shown.push(`   ${more(lines.length - MAX_LISTED)}`);
  return [title, ...shown].join('\n');
}

/** Unknown verdicts folded by their reason: one missing file silences many faults, and says so once. */
function groupUnknown(unknown: readonly UnknownVerdict[], words: (typeof WORDS)[Language]): string[] {
  const byReason = new Map<string, Set<string>>();
  for (const { fault, because } of unknown) {
    const gap = because.is === 'gap' ? because.gaps[0] : undefined;
    const capture = gap?.capture === undefined ? '' : ` (${words.capture}: ${gap.capture})`;
    const reason = because.is === 'masked' ? words.masked(because.by) : `${gap?.detail ?? ''}${capture}`;
    byReason.set(reason, (byReason.get(reason) ?? new Set()).add(fault));
  }
  return [...byReason]
    .sort(([, one], [, other]) => other.size - one.size)
    .map(([reason, faults]) => `${[...faults].slice(0, 4).join(', ')}${faults.size > 4 ? ' …' : ''}: ${reason}`);
}
