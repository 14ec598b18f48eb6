import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SceneReport } from '../job.ts';
import { Score } from './score.ts';
import { lastLines } from './table.ts';

const scene = (refused: readonly string[]): SceneReport => ({
  area: 'nft',
  seed: 's.1',
  packets: 10,
  unknown: 0,
  explained: 0,
  disagreements: [],
  covered: {},
  met: [],
  reasons: {},
  shares: { ipv6: 0, iptablesNft: 0, nativeNft: 10, conversations: 0 },
  refused,
});

const linesOf = (...scenes: readonly SceneReport[]): readonly string[] => {
  const score = new Score();
  score.add({ job: { scenes: [], removals: 0 }, scenes, ms: {} });
  return lastLines(score, 's');
};

test('a run tells in the end how many rules the kernel refused, for nothing was asked of these', () => {
  const told = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.includes('refused'));
  assert.deepEqual(told(linesOf(scene(['a: one', 'a: two']), scene(['b: three']))), [
    '3 rules were refused by the kernel or its tools, and left out',
  ]);
  assert.deepEqual(told(linesOf(scene([]))), []);
});
