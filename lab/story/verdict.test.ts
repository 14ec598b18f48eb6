import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePair } from '../gauntlet/play-pair.ts';
import { judgeBroken, judgeHealthy, readDiagnosis } from './verdict.ts';

const expected = { fault: 'f', subject: 'node/D', besides: ['g node/D'] };
const diagnosis = (...findings: readonly (readonly [string, string, string])[]) =>
  readDiagnosis(
    JSON.stringify({
      findings: findings.map(([fault, subject, status]) => ({ fault, subject, status })),
      unknown: [{ fault: 'h', subject: 'node/D', because: { masked: 'f node/D' } }],
    }),
  );

test('the cause must be first, proved and alone but for what may stand beside it', () => {
  assert.deepEqual(judgeBroken(diagnosis(['f', 'node/D', 'proved'], ['g', 'node/D', 'supported']), expected), []);
  assert.equal(judgeBroken(diagnosis(), expected).length, 1);
  assert.equal(judgeBroken(diagnosis(['g', 'node/D', 'proved'], ['f', 'node/D', 'proved']), expected).length, 1);
  assert.equal(judgeBroken(diagnosis(['f', 'node/D', 'suspected']), expected).length, 1);
  assert.equal(judgeBroken(diagnosis(['f', 'node/D', 'proved'], ['x', 'node/A', 'suspected']), expected).length, 1);
});

test('a healthy cluster has no finding', () => {
  assert.deepEqual(judgeHealthy(diagnosis()), []);
  assert.equal(judgeHealthy(diagnosis(['f', 'node/D', 'suspected'])).length, 1);
});

test('of two faults both are named, or one is masked', () => {
  const other = { fault: 'h', subject: 'node/D', besides: [] };
  const third = { fault: 'k', subject: 'node/D', besides: [] };
  assert.deepEqual(judgePair(diagnosis(['f', 'node/D', 'proved']), [expected, other]), []);
  assert.equal(judgePair(diagnosis(['f', 'node/D', 'proved']), [expected, third]).length, 1);
  assert.equal(judgePair(diagnosis(), [expected, other]).length, 2);
});
