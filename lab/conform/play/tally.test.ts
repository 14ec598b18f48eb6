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

test('a construct lacks what is enough sooner than it is no longer wanted', () => {
  const tally = new Tally();
  tally.add(['nat/dnat'], 3);
  assert.deepEqual([tally.lacks('nat/dnat'), tally.wants('nat/dnat')], [false, true]);
});

test('the likelier rules are those of constructs that decided before', () => {
  const tally = new Tally();
  assert.equal(tally.chance(['nat/dnat']), 0.5);
  tally.try(['nat/dnat', 'filter/drop'], true);
  tally.try(['filter/mark', 'filter/return'], false);
  assert.ok(tally.chance(['filter/mark', 'filter/drop']) > tally.chance(['filter/mark', 'filter/return']));
});

test('what cannot decide by its nature is not wanted', () => {
  assert.equal(new Tally().wants('filter/without-effect'), false);
});
