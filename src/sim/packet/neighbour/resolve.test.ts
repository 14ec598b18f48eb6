import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const node = healthy.node('A');
const pod = healthy.pod('A', 1);
const flow = { from: healthy.pod('A').scope, to: pod.address, protocol: 'icmp' } as const;

test('a stale entry stands as long as its own station answers (neigh_timer_handler)', () => {
  assert.equal(trace(worldOf(healthy.facts), flow).outcomes[0]?.works, 'yes');
});

test('one whose station answers no more is told, and cited', () => {
  const silent = healthy.sysctl(pod.scope, 'net.ipv4.conf.all.arp_ignore', 8);
  const { outcomes } = trace(worldOf(silent.facts), { ...flow, from: node.scope });
  const [first] = outcomes;
  assert.deepEqual([first?.disposition, first?.reason.code], ['unreachable', 'NEIGH_FAILED']);
  assert.match(first?.reason.says ?? '', /what is sent goes to [0-9a-f:]+ \(stale\) until nobody has confirmed it for 8 s/);
  assert.equal(first?.answer.after, 11_000, 'DELAY, PROBE, and three requests to all');
  assert.ok(first?.reason.by.some(({ kind, absent }) => kind === 'neighbour' && absent !== true));
});

test('what a list leaves out that was not read whole is no neighbour that is missing', () => {
  const two = cluster({ nodes: 2 });
  const [a, b] = [two.node('A'), two.pod('B')];
  const partition = two.facts.partition('neighbour', a.scope);
  assert.ok(partition !== undefined);
  const flow2 = { from: two.pod('A').scope, to: b.address, protocol: 'icmp' } as const;
  const listed = (covers: true | readonly string[]) => trace(worldOf(two.facts.with({ ...partition, facts: [], covers })), flow2).outcomes;
  assert.ok(listed(true).every(({ works }) => works === 'no'));
  assert.ok(listed([]).every(({ works }) => works === 'unknown'));
});
