import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from './job.ts';
import { reportLines, scoreLine } from './telling.ts';

const job = { kind: 'healthy', seed: 's' } as const;
const held: Report = { job, cases: [{ name: 'one', wrong: [] }], ms: 1500 };
const failed: Report = { job, cases: [{ name: 'one', wrong: ['this\nand that'] }], ms: 10 };

test('a job that held is a line, one that failed says what was wrong and how it is played again', () => {
  assert.deepEqual(reportLines(held, '1/2'), ['✔ 1/2 healthy: 1 cases, 0 failed, 1.5 s']);
  assert.deepEqual(reportLines(failed, '2/2').slice(1), [
    '   one',
    '     this\n     and that',
    `     again: npm run gauntlet -- --job '{"kind":"healthy","seed":"s"}'`,
  ]);
});

test('the score counts what was played again, and a job that was is told with what failed at first', () => {
  const again: Report = { ...held, again: { for: 'the machine stood still', failed: failed.cases } };
  assert.match(reportLines(again, '1/1').join('\n'), /played again, for the machine stood still:\n {3}at first one: this and that$/);
  assert.equal(scoreLine([held, failed], 's'), 'gauntlet: 2 cases, 1 failed, seed s');
  assert.equal(scoreLine([again], 's'), 'gauntlet: 1 cases, 0 failed, seed s, of which 1 jobs played again, for the machine stood still');
});
