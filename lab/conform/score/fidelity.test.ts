import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastRuns, pageOf, type Run } from './fidelity.ts';

const run = (kernel: string, seed: string, more: Partial<Run> = {}): Run => ({
  ...{ kernel, seed, packets: 2000, unknown: 4, explained: 0, disagreements: 1, areas: {}, covered: {}, reasons: {} },
  ...more,
});

test('of each kernel the last three runs stay', () => {
  const all = [run('6.18', 'a'), run('6.1', 'a'), run('6.18', 'b'), run('6.18', 'c'), run('6.18', 'd')];
  assert.deepEqual(
    lastRuns(all).map(({ kernel, seed }) => `${kernel} ${seed}`),
    ['6.1 a', '6.18 b', '6.18 c', '6.18 d'],
  );
});

test('a run is told with what was played, what was wrong, and what was not judged', () => {
  const page = pageOf([run('6.18', 'a', { commit: '0123abcd+', unjudged: 998 }), run('6.1', 'b')], []);
  assert.match(page, /\| 6\.18 \| `a` \| 0123abcd\+ \| 2000 \| 0\.20 % \| 0 \| 1 \| 998 \|/);
  assert.match(page, /\| 6\.1 \| `b` \| not recorded \| 2000 \| 0\.20 % \| 0 \| 1 \| not recorded \|/);
});
