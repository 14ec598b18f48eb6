import assert from 'node:assert/strict';
import { it } from 'node:test';
import { clockNotes } from './clocks.ts';

const HOUR = 3_600_000;
const at = (node: string, wall: number, aheadMs?: number) => ({ node, look: 1, wall, ...(aheadMs === undefined ? {} : { aheadMs }) });

it('clocks that agree with etcd and each other say nothing', () => {
  assert.deepEqual(clockNotes([at('A', 1000, 400), at('B', 2000, -900), at('C', 3000)]), []);
});

it('a clock that is wrong is told from captures at two times, where etcd told the time', () => {
  assert.deepEqual(clockNotes([at('A', 0, 0), at('B', 3 * HOUR, 3 * HOUR)]), [
    "the clock of B is 3 h ahead of etcd's: its logs are that much off",
  ]);
  assert.deepEqual(clockNotes([at('A', 0, 0), at('B', 3 * HOUR, 0)]), [
    "A and B were captured 3 h apart by etcd's clock: they show two states",
  ]);
  assert.match(clockNotes([at('A', 0), at('B', 3 * HOUR, 0)]).join(), /either not at one time, or a clock is wrong/);
});

it('a clock that is behind is said in seconds', () => {
  assert.deepEqual(clockNotes([at('A', 0, -5200)]), ["the clock of A is 5 s behind etcd's: its logs are that much off"]);
});
