import assert from 'node:assert/strict';
import test from 'node:test';
import { cluster } from '#testing/world-builder';
import type { Candidate } from './candidate.ts';
import type { Check } from './check.ts';
import { failingAsks } from './failing-asks.ts';

test('what a fault asks by itself is asked once of the same facts, and anew of others', () => {
  let asked = 0;
  const check = {
    id: 'one',
    ask: () => {
      asked++;
      return { result: 'fail' };
    },
  } as unknown as Check;
  const candidate = { asks: [check] } as unknown as Candidate;
  const [facts, others] = [cluster().facts, cluster().facts];
  assert.deepEqual(
    failingAsks(candidate, facts).map(({ id }) => id),
    ['one'],
  );
  assert.equal(failingAsks(candidate, facts), failingAsks(candidate, facts));
  assert.equal(asked, 1);
  failingAsks(candidate, others);
  assert.equal(asked, 2);
});
