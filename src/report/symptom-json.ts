import type { Symptom } from '#engine/symptom/symptom';
import type { Language } from '#engine/words';
import type { FactOf } from '#facts/kinds';

/** What one `--symptom` told: lines of known classes, and measurements, each with the check that it became. */
export type Pasted = {
  readonly symptoms: readonly Symptom[];
  readonly measured: readonly { readonly observation: FactOf<'observation'>; readonly check: string | null }[];
};

/** What was pasted, as `symptoms` and `measured` of docs/schemas/diagnosis.schema.json. */
export const pastedJson = (pasted: readonly Pasted[], language: Language): object => ({
  symptoms: pasted.flatMap(({ symptoms }, at) => symptoms.map((symptom) => ({ paste: at + 1, ...symptomJson(symptom, language) }))),
  measured: pasted.flatMap(({ measured }, at) =>
    measured.map(({ observation: { by, from, to, protocol, port, outcome, detail }, check }) => ({
      paste: at + 1,
      by,
      from: from ?? null,
      to,
      protocol,
      port: port ?? null,
      outcome,
      says: detail,
      check,
    })),
  ),
});

const symptomJson = ({ line, text, class: { id, area, proves, doesNot } }: Symptom, language: Language): object => ({
  line,
  text,
  class: id,
  area,
  proves: proves[language],
  doesNotProve: doesNot[language],
});
