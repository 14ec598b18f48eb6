import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { NextHop } from '#facts/route/route';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { hashedBy } from './multipath.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, uplink } = healthy.node('A');
const hop: NextHop = { dev: uplink, via: ip`192.0.2.2`, onlink: false, weight: 1, dead: false };
const NAMED = 'net.ipv4.fib_multipath_hash';

/** What a way to 203.0.113.7 was chosen by, out of so many. */
function chosenBy(policy: number, hops: readonly NextHop[]): readonly string[] {
  const stack = worldOf(healthy.sysctl(scope, `${NAMED}_policy`, policy).sysctl(scope, `${NAMED}_fields`, 0x30).facts).stack(scope);
  assert.ok(stack !== undefined);
  const flow = { source: null, destination: ip`203.0.113.7`, iif: 'lo', oif: null, mark: 0, packet: null };
  return hashedBy(stack, flow, { hops }).map(({ kind, key }) => `${kind} ${key}`);
}

test('one of several ways is chosen by the settings of its hash, where they are not those that the kernel is born with (fib_multipath_hash)', () => {
  const [policy, fields] = [`sysctl ${NAMED}_policy`, `sysctl ${NAMED}_fields`];
  assert.deepEqual(chosenBy(3, [hop, hop]), [policy, fields]);
  assert.deepEqual(chosenBy(2, [hop, hop]), [policy]);
  assert.deepEqual(chosenBy(0, [hop, hop]), []);
  assert.deepEqual(chosenBy(3, [hop]), []);
});
