import assert from 'node:assert/strict';
import test from 'node:test';
import { Tally } from './tally.ts';

test('a construct is wanted until it has decided more than enough of what was played', () => {
  const tally = new Tally();
  assert.equal(tally.wants('nat/dnat'), true);
  tally.add(['nat/dnat', 'filter/drop'], 4);
  assert.equal(tally.wants('nat/dnat'), true);
  tally.add(['nat/dnat'], 1);
  assert.deepEqual([tally.of('nat/dnat'), tally.wants('nat/dnat'), tally.wants('filter/drop')], [5, false, true]);
  tally.play(100_000);
  assert.equal(tally.wants('nat/dnat'), true);
});

test('what cannot decide by its nature is not wanted', () => {
  assert.equal(new Tally().wants('filter/without-effect'), false);
});
