import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { onNode } from '#snapshot/scope';
import { formats } from './formats.ts';
import { headOf } from './recognise.ts';

/** How many mutated texts each format gets here; more with RUNS. */
const RUNS = Number(process.env.RUNS ?? 40);

const folder = new URL('./recorded/', import.meta.url);
const texts = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8').slice(0, 20_000));

const piece = fc.oneof(
  fc.constantFrom('', ' ', '\n', '\r\n', '\t', '\0', '\ufffd', '"', '{', '}', '[', ']', '(', ')', ':', '::', '=', '/', '#', '-', '%', '\\'),
  fc.constantFrom(
    'src=',
    '0x',
    '99999999999999999999',
    '-1',
    '1.2.3.4',
    'fe80::1%eth0',
    '256.1.1.1',
    '__proto__',
    'constructor',
    'timer:(',
    'Infinity',
    '1e999',
  ),
  fc.string({ maxLength: 12 }),
);

/** A recorded output with some of its text cut out, doubled or replaced. */
const mutated = fc
  .tuple(fc.constantFrom(...texts), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 200 }), piece, fc.boolean()), { minLength: 1, maxLength: 6 }))
  .map(([text, edits]) =>
    edits.reduce((now, [at, length, put, double]) => {
      const start = at % (now.length + 1);
      const cut = now.slice(start, start + length);
      return now.slice(0, start) + put + (double ? cut + cut : '') + now.slice(start + length);
    }, text),
  );

const input = (text: string, argv: readonly string[]) => ({
  file: 'x',
  scope: onNode('A'),
  argv,
  exit: null,
  look: 1,
  text,
  clock: undefined,
});

const argvs = fc.constantFrom<readonly string[]>(
  [],
  ['cat', '/proc/net/tcp'],
  ['ss', '-tanpo'],
  ['ping', '10.0.0.1'],
  ['etcdctl', 'get', '--prefix', '/'],
  ['cat', 'x.conf'],
);

for (const format of formats) {
  test(`${format.id} throws at nothing, and its problems have lines`, () => {
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.array(piece, { maxLength: 60 }).map((all) => all.join('')),
        ),
        argvs,
        (text, argv) => {
          const sure = format.recognise(headOf(text));
          assert.ok(sure >= 0 && sure <= 1);
          for (const { line } of format.parse(input(text, argv)).problems) assert.ok(Number.isInteger(line) && line > 0);
        },
      ),
      { numRuns: RUNS },
    );
  });
}

const LONG = 200_000;
const HOSTILE = [
  'a'.repeat(LONG),
  ' '.repeat(LONG),
  '"'.repeat(LONG),
  '\\"'.repeat(LONG / 2),
  ':'.repeat(LONG),
  '{'.repeat(LONG),
  '['.repeat(LONG),
  '('.repeat(LONG),
  'a='.repeat(LONG / 2),
  '1 '.repeat(LONG / 2),
  'a:b '.repeat(LONG / 4),
  '\n'.repeat(LONG),
  'IP a > b: '.repeat(LONG / 10),
  `msg="${'\\'.repeat(LONG)}`,
  `level=error ${'msg="a '.repeat(LONG / 8)}`,
  '10.0.0.1 '.repeat(LONG / 9),
  'users:(("'.repeat(LONG / 9),
  '://a:'.repeat(LONG / 5),
  'token='.repeat(LONG / 6),
  '/proc/sys/'.repeat(LONG / 10),
];

for (const format of formats) {
  test(`${format.id} is done with hostile lines long before anybody gives up`, { timeout: 120_000 }, () => {
    for (const text of HOSTILE) {
      for (const begun of [text, `${texts[0]?.slice(0, 300) ?? ''}\n${text}`]) {
        format.recognise(headOf(begun));
        format.parse(input(begun, []));
      }
    }
  });
}
