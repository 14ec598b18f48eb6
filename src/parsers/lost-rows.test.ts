import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GUESTS, recordedNames, recordedText, UNITS } from '#testing/recorded-tools';
import type { Format, Parsed } from './format.ts';
import { formats } from './formats.ts';
import { recognise } from './recognise.ts';
import { type Section, sections } from './transcript.ts';

const all: readonly Format[] = formats;

/** Rows of one text that are broken, one at a time: the first, the last, and some between. */
const ROWS = 8;

const parse = (format: Format, { argv, exit }: Section, text: string): Parsed =>
  format.parse({ file: 'x', scope: { node: 'A', netns: '' }, argv, exit, look: 1, text, clock: undefined });

function picked(places: readonly number[]): readonly number[] {
  const step = Math.max(1, (places.length - 1) / (ROWS - 1));
  return [...new Set(Array.from({ length: ROWS }, (_, nth) => places[Math.round(nth * step)] ?? 0))];
}

/** The text with one row each made unreadable: a sign before its first word, or an object of nothing known in its place. */
function* broken(text: string): Generator<readonly [row: string, text: string]> {
  if (/^\s*\[/.test(text)) {
    const members = JSON.parse(text) as readonly unknown[];
    for (const at of picked([...members.keys()])) yield [`[${at}]`, JSON.stringify(members.with(at, { nothing: 'known' }))];
    return;
  }
  if (/^\s*\{/.test(text)) return;
  const lines = text.split('\n');
  const rows = [...lines.keys()].filter((at) => /^\s*[^\s#]/.test(lines[at] ?? ''));
  for (const at of picked(rows)) yield [`${at + 1}`, lines.with(at, (lines[at] ?? '').replace(/\S/, '§$&')).join('\n')];
}

/** The kinds of which a reading has fewer facts than one of the whole text, and covers as much. */
function lostIn(whole: Parsed, less: Parsed): readonly string[] {
  const count = ({ readings }: Parsed, kind: string): number =>
    readings.filter((one) => one.kind === kind).reduce((sum, { facts }) => sum + facts.length, 0);
  return whole.readings
    .filter(({ covers }) => covers === true || covers.length > 0)
    .filter(({ kind }) => count(less, kind) < count(whole, kind))
    .filter(({ kind, covers }) => less.readings.some((one) => one.kind === kind && JSON.stringify(one.covers) === JSON.stringify(covers)))
    .map(({ kind }) => kind);
}

describe('a row that is not understood is said, and leaves no list whole', () => {
  const texts = (['debian-12', ...UNITS, ...GUESTS, 'kubectl'] as const).flatMap((userland) =>
    recordedNames(userland).flatMap((name) => {
      const [section] = sections(recordedText(userland, name));
      const format = section === undefined ? undefined : recognise(section.text, all);
      return section === undefined || format === undefined ? [] : [{ name, section, format }];
    }),
  );
  for (const id of new Set(texts.map(({ format }) => format.id)))
    it(id, () => {
      for (const { name, section, format } of texts.filter((one) => one.format.id === id).slice(0, 12)) {
        const whole = parse(format, section, section.text);
        for (const [row, text] of broken(section.text)) {
          const less = parse(format, section, text);
          assert.deepEqual(lostIn(whole, less), [], `${name}:${row}`);
        }
      }
    });
  it('is asked of many formats', () => assert.ok(new Set(texts.map(({ format }) => format.id)).size > 25));
});
