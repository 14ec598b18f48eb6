import type { AskedCheck } from '#engine/check';
import type { Language } from '#engine/words';

const MARKS = { pass: '✓', fail: '✗', unknown: '?' } as const;

const WORDS = {
  en: {
    answers: 'works in the model of what was captured: the answer comes back',
    refused:
      'packets get there and back in the model of what was captured, and the sender is refused: nothing listens there, or a rule says so',
    sometimes: (percent: string) => `fails in ${percent} % of tries: `,
  },
  zh: {
    answers: '按所采集的状态推算是通的:应答能够返回',
    refused: '按所采集的状态推算,报文往返可达,但发送方被拒绝:该处没有监听,或由规则拒绝',
    sometimes: (percent: string) => `${percent} % 的尝试失败:`,
  },
} as const;

/** What became of the flows that the user named: also one that passes is told, for somebody says that it fails. */
export function askedText(checks: readonly AskedCheck[], language: Language): readonly string[] {
  return checks
    .filter(({ from }) => from === 'user')
    .map((check) => `${MARKS[check.answered.result]}  ${check.says[language]}\n   ${ending(check, language)}`);
}

function ending({ answered: { result, says, probability, outcomes } }: AskedCheck, language: Language): string {
  const words = WORDS[language];
  if (result === 'pass') return outcomes.every(({ answer }) => answer.kind === 'reply') ? words.answers : words.refused;
  const part = result === 'fail' && probability !== null && probability < 1 ? words.sometimes((probability * 100).toFixed(0)) : '';
  return `${part}${says}`;
}
