import type { Symptom } from '#engine/symptom/symptom';
import type { Language } from '#engine/words';

const WORDS = {
  en: { head: 'what was pasted:', proves: 'proves', not: 'does not prove' },
  zh: { head: '所贴内容:', proves: '能证明', not: '不能证明' },
} as const;

const WIDTH = 100;

/** What pasted lines prove and what they do not, each class once. */
export function symptomText(symptoms: readonly Symptom[], language: Language): string {
  const words = WORDS[language];
  const first = new Map(symptoms.toReversed().map((symptom) => [symptom.class.id, symptom] as const));
  const blocks = [...first.values()]
    .toReversed()
    .flatMap(({ text, class: { proves, doesNot } }) => [
      `   “${text.length > WIDTH ? `${text.slice(0, WIDTH)}…` : text}”`,
      `      ${words.proves}: ${proves[language]}`,
      `      ${words.not}: ${doesNot[language]}`,
    ]);
  return `${[words.head, ...blocks].join('\n')}\n\n`;
}
