import type { Finding } from '#engine/finding';
import { definitionOf } from '#engine/preview';
import { subjectText } from '#engine/subject';
import type { Language } from '#engine/words';
import type { Facts } from '#facts/facts';
import { columns, fold, WIDTH } from './fold.ts';
import { cited, type Quote } from './quote.ts';

const LABELS = {
  en: {
    why: 'why',
    see: 'see',
    not: 'not',
    proof: 'proof',
    other: 'or',
    fix: 'fix',
    blast: 'touches',
    lasting: 'for good',
    breaks: 'beware',
    person: 'by hand',
  },
  zh: {
    why: '原因',
    see: '证据',
    not: '排除',
    proof: '证明',
    other: '另可',
    fix: '修复',
    blast: '影响',
    lasting: '根治',
    breaks: '注意',
    person: '人工',
  },
} as const;

const PROOF = {
  en: (count: number) => `with the fix applied to the model, ${count} failing ${count === 1 ? 'check passes' : 'checks pass'}`,
  zh: (count: number) => `在模型中应用修复后,${count} 项失败的检查恢复正常`,
} as const;

const STATUS = {
  en: { proved: 'proved', supported: 'supported', suspected: 'suspected' },
  zh: { proved: '已证明', supported: '有证据', suspected: '可疑' },
} as const;

const MAX_LISTED = 6;
const MAX_EXCLUDED = 4;

/** Parts stand on one line where they fit, else each begins one. */
type Row = readonly [label: string, text: string, ...more: readonly string[]];

/** A finding as a person reads it at night: what, why, where to look, what proves it, what to do. */
export function findingText(finding: Finding, facts: Facts, quote: Quote, language: Language): string {
  const label = LABELS[language];
  const words = finding.fault.texts[language];
  const rows: Row[] = [
    [label.why, words.why(finding.params)],
    ...finding.evidence.slice(0, MAX_LISTED).map((origin): Row => [label.see, ...cited(origin, quote)]),
    ...exclusionRows(finding, label.not, quote),
    ...proofRows(finding, label, language),
    [label.fix, words.fix(finding.params)],
    ...stepRows(finding, facts),
    ...(finding.fix.manual === undefined ? [] : [[label.person, finding.fix.manual[language]] as const]),
    [label.blast, finding.fix.blast[language]],
    ...(finding.fix.lasting === undefined ? [] : [[label.lasting, finding.fix.lasting[language]] as const]),
  ];
  const mark = finding.fault.severity === 'error' ? '✗' : '!';
  const head = `${mark}  ${finding.fault.id}  ${subjectText(finding.subject)}  (${STATUS[language][finding.status]})`;
  return [head, ...fold(words.what(finding.params), WIDTH - 3).map((line) => `   ${line}`), ...layOut(rows)].join('\n');
}

function exclusionRows({ excludes }: Finding, label: string, quote: Quote): Row[] {
  const shown = excludes.slice(0, MAX_EXCLUDED).map(({ fault, evidence: [first] }): Row => {
    if (first === undefined) return [label, fault];
    const [place, ...line] = cited(first, quote);
    return [label, `${fault}: ${place}`, ...line];
  });
  const more = excludes.slice(MAX_EXCLUDED).map(({ fault }) => fault);
  return more.length === 0 ? shown : [...shown, [label, more.join(', ')]];
}

function proofRows(finding: Finding, label: (typeof LABELS)[Language], language: Language): Row[] {
  const { explains, alternatives, breaks } = finding;
  const shown = explains.slice(0, MAX_LISTED).join(', ');
  const more = explains.length > MAX_LISTED ? ` (+${explains.length - MAX_LISTED})` : '';
  return [
    ...(explains.length === 0 ? [] : [[label.proof, `${PROOF[language](explains.length)}: ${shown}${more}`] as const]),
    ...alternatives.map(({ fault, subject }): Row => [label.other, `${fault} ${subject}`]),
    ...(breaks.length === 0 ? [] : [[label.breaks, breaks.slice(0, MAX_LISTED).join(', ')] as const]),
  ];
}

function stepRows({ fix }: Finding, facts: Facts): Row[] {
  return fix.steps.flatMap((action): Row[] => {
    const definition = definitionOf(action);
    const where = action.on.netns === '' ? action.on.node : `${action.on.node}/${action.on.netns}`;
    return [['', `$ ${definition.command(action)}   # ${where}`], ...definition.diff(facts, action).map((line): Row => ['', `  ${line}`])];
  });
}

/** Labels in a column, each once; sentences are folded at the width, commands and diffs stay whole so that they can be copied. */
function layOut(rows: readonly Row[]): string[] {
  const width = Math.max(...rows.map(([label]) => columns(label)));
  let last = '';
  return rows.flatMap(([label, ...parts]) => {
    const shown = label === last ? '' : label;
    last = label === '' ? last : label;
    const isCopied = label === '';
    const folded = isCopied ? parts : foldParts(parts, WIDTH - width - 5);
    return folded.map((line, index) => {
      const head = index === 0 ? shown : '';
      return `   ${head}${' '.repeat(width - columns(head))}  ${line}`;
    });
  });
}

/** Several texts on one line where they fit, else one under the other. */
function foldParts(parts: readonly string[], width: number): readonly string[] {
  const whole = parts.join('  ');
  return columns(whole) <= width ? [whole] : parts.flatMap((part) => fold(part, width));
}
