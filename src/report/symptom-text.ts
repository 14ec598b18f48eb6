import type { Symptom } from '#engine/symptom/symptom';
import type { Language } from '#engine/words';
import { indented } from './fold.ts';

const WORDS = {
  en: { head: 'what was pasted:', proves: 'proves', not: 'does not prove' },
  zh: { head: '所贴内容:', proves: '能证明', not: '不能证明' },
} as const;

const LONGEST = 100;

/** What pasted lines prove and what they do not, each class once. */
export function symptomText(symptoms: readonly Symptom[], language: Language): string {
  const words = WORDS[language];
  const first = new Map(symptoms.toReversed().map((symptom) => [symptom.class.id, symptom] as const));
  const blocks = [...first.values()]
    .toReversed()
    .flatMap(({ text, class: { proves, doesNot } }) => [
      indented(`“${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}”`, 3),
      indented(`${words.proves}: ${proves[language]}`, 6),
      indented(`${words.not}: ${doesNot[language]}`, 6),
    ]);
  return `${[words.head, ...blocks].join('\n')}\n\n`;
}
