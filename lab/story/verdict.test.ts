import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgePair } from '../gauntlet/play-pair.ts';
import { judgeBroken, judgeHealthy, judgeOthers, readDiagnosis } from './verdict.ts';

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

test('what the first finding explains must still fail under the mend of every other candidate', () => {
  const first = { fault: 'f', subject: 'node/D', explains: ['a', 'b'] };
  const told = (...findings: readonly object[]) => judgeOthers(readDiagnosis(JSON.stringify({ findings })));
  assert.deepEqual(told(first, { fault: 'g', subject: 'node/D', explains: ['c'] }), []);
  assert.deepEqual(told({ ...first, alternatives: [{ fault: 'g', subject: 'node/D' }] }), ['the mend of g node/D would do as well']);
  const other = { fault: 'g', subject: 'node/D', status: 'proved', explains: ['b', 'c'] };
  assert.deepEqual(told(first, other), ['the mend of g node/D (proved) mends b too']);
  const joint = [{ check: 'b', before: 'fail', after: 'pass', together: ['f node/D'] }];
  assert.deepEqual(told(first, { ...other, counterfactual: joint }), []);
});
