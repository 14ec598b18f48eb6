import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { broken, hostile } from '#testing/fuzz';
import { CLIENTS, GUESTS, recordedNames, recordedText, UNITS, USERLANDS } from '#testing/recorded-tools';
import type { Format } from './format.ts';
import { formats } from './formats.ts';
import { recognise } from './recognise.ts';
import { sections } from './transcript.ts';

/** Inputs over all formats; a longer run is asked for with FUZZ_RUNS. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 100_000);

const all: readonly Format[] = formats;

/** Recorded outputs by the format that they are of. */
const byFormat = new Map<string, string[]>();
for (const userland of [...USERLANDS, ...CLIENTS, ...UNITS, ...GUESTS, 'kubectl'] as const) {
  for (const name of recordedNames(userland)) {
    const [section] = sections(recordedText(userland, name));
    const format = section === undefined ? undefined : recognise(section.text, all);
    if (format !== undefined && section !== undefined) byFormat.set(format.id, [...(byFormat.get(format.id) ?? []), section.text]);
  }
}
const every = [...byFormat.values()].flatMap((texts) => texts.slice(0, 2));

for (const format of all) {
  test(`${format.id} survives whatever it is given`, () => {
    const texts = hostile([...(byFormat.get(format.id) ?? []), ...every.slice(0, 20)]);
    fc.assert(
      fc.property(texts, (text) => {
        assert.equal(broken(format, text), undefined);
      }),
      { numRuns: Math.ceil(RUNS / all.length) },
    );
  });
}

test('pasted commands survive whatever they are given', () => {
  fc.assert(
    fc.property(hostile(every), (text) => {
      const lines = text.split('\n').length;
      for (const { line, text: own } of sections(text)) assert.ok(line >= 1 && line <= lines + 1 && own.length <= text.length + lines + 1);
    }),
    { numRuns: 1000 },
  );
});
