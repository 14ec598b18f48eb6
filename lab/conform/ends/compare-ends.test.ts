import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SceneReport } from '../job.ts';
import { withReasons } from './compare-ends.ts';
import type { End } from './ends.ts';
import type { Loss } from './losses.ts';

const end: End = {
  conversation: 3,
  id: 7,
  tcp: 5,
  look: 'tcp 4',
  during: [100, 200],
  said: [{ inode: 11, netns: 's0r', code: 'NETFILTER_DROP', says: 'FORWARD: DROP' }],
  isRefused: false,
};
const loss: Loss = { at: 150, inode: 11, id: 7, conversation: 0, look: 'tcp 4', reason: 'NETFILTER_DROP' };

async function compared(lost: readonly Loss[], own: End = end): Promise<readonly string[]> {
  const base = {
    area: 'filter',
    seed: '1',
    packets: 1,
    unknown: 0,
    explained: 0,
    disagreements: [],
    covered: {},
    met: [],
    refused: [],
  } as const;
  const report: SceneReport = {
    ...base,
    shares: { ipv6: 0, iptablesNft: 0, nativeNft: 0, conversations: 0 },
    reasons: {},
    ends: [own],
    inodes: { s0r: 11, s0a: 12 },
  };
  const { disagreements, ends } = await withReasons(report, { within: () => Promise.resolve(lost) });
  assert.equal(ends, undefined, 'what was compared is not told twice');
  return disagreements.map(({ says }) => says);
}

test("the kernel lost it there for that reason: known by its number, or by TCP's where it carries none", async () => {
  assert.deepEqual(await compared([loss]), []);
  assert.deepEqual(await compared([{ ...loss, id: 0, conversation: 5 }]), []);
});

test('another reason, another namespace, another packet and none at all are told', async () => {
  const model = 'in the model it ended for NETFILTER_DROP in s0r (FORWARD: DROP)';
  const nothing = `tcp 4: the kernel lost nothing, ${model}`;
  assert.deepEqual(await compared([{ ...loss, reason: 'NO_SOCKET' }]), [`tcp 4: the kernel lost it for NO_SOCKET in s0r, ${model}`]);
  assert.deepEqual(await compared([{ ...loss, inode: 12 }]), [`tcp 4: the kernel lost it for NETFILTER_DROP in s0a, ${model}`]);
  for (const other of [{ id: 8 }, { id: 0, conversation: 6 }, { look: 'tcp 20' }, { at: 201 }])
    assert.deepEqual(await compared([{ ...loss, ...other }]), [nothing]);
});

test('what was refused before it was a packet was not lost', async () => {
  assert.deepEqual(await compared([], { ...end, isRefused: true }), []);
  assert.deepEqual(await compared([], { ...end, said: [{ inode: 11, netns: 's0r', code: 'IP_OUTNOROUTES', says: 'blackhole' }] }), []);
});

test('what waits for its neighbour is lost when nobody looks any more', async () => {
  const waits = { inode: 11, netns: 's0r', code: 'NEIGH_FAILED', says: 'nobody answers' };
  assert.deepEqual(await compared([], { ...end, said: [waits] }), []);
  assert.equal((await compared([loss], { ...end, said: [waits] })).length, 1, 'another reason is told');
  assert.deepEqual(await compared([], { ...end, said: [...end.said, waits] }), [], 'which of both it was nobody saw');
});

test('what waits for its neighbour may be pushed out of the queue by others', async () => {
  const waits = { inode: 11, netns: 's0r', code: 'NEIGH_FAILED', says: 'nobody answers' };
  const pushed = { ...loss, reason: 'NEIGH_QUEUEFULL' };
  assert.deepEqual(await compared([pushed], { ...end, said: [waits] }), []);
  assert.equal((await compared([{ ...pushed, inode: 12 }], { ...end, said: [waits] })).length, 1, 'it waits where the model says');
  assert.equal((await compared([pushed])).length, 1, 'a rule has no queue');
});
