import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { QdiscFilter } from '#facts/qdisc/qdisc';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, vtep } = healthy.node('A');

const works = ({ facts }: BuiltCluster): string | undefined =>
  trace(worldOf(facts), { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'icmp' }).outcomes[0]?.works;

/** With a queue at the tunnel's device, and what hangs at it. */
const queued = (kind: string, filters: readonly QdiscFilter[] | undefined): BuiltCluster =>
  healthy.put('qdisc', scope, { dev: vtep.device, kind, handle: 'ffff:', parent: 'clsact', options: '', filters });

test('a program at the entrance of a device decides there, as those of Cilium do: nobody here knows what', () => {
  assert.equal(works(queued('clsact', [{ side: 'ingress', kind: 'bpf', line: 3 }])), 'unknown');
  assert.equal(works(healthy.link(scope, vtep.device, { xdp: true })), 'unknown');
});

test('a place for programs without any lets everything by; one that was not read may hold some', () => {
  assert.equal(works(queued('clsact', [])), 'yes');
  assert.equal(works(queued('clsact', undefined)), 'unknown');
});

test('a queue that drops by chance is unknown, on the way out too', () => {
  assert.equal(works(queued('netem', [])), 'unknown');
  assert.equal(works(queued('fq_codel', [])), 'yes');
});
