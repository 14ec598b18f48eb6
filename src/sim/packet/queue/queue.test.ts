import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const flow = { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 } as const;

type Queue = Pick<FactOf<'packet-queue'>, 'number' | 'copies'>;

/** Programs listen to these queues alone. */
const heard = (queues: readonly Queue[]): BuiltCluster =>
  [...queues, { number: 65_535, copies: true }].reduce((now, queue) => now.put('packet-queue', scope, { ...queue, port: 77 }), healthy);

/** What becomes of a packet that a rule hands to a program. */
function told(rule: string, queues: readonly Queue[] | null): string {
  const built = (queues === null ? healthy : heard(queues)).rule(scope, 'filter', `-A FORWARD -p tcp -m tcp --dport 80 ${rule}`, 0);
  return endOf(built);
}

function endOf(built: BuiltCluster): string {
  const outcomes = trace(worldOf(built.facts), flow).outcomes;
  return outcomes.map(({ works, reason }) => (works === 'no' ? reason.code : works)).join(' ');
}

/** Measured on Linux 6.18: of two echoes to `-j NFQUEUE --queue-num 9` above a DROP none is answered, with --queue-bypass both; none either way where a program is bound that has asked for no packets. */
test('what no program takes is lost, or goes on at the next hook with --queue-bypass (nf_queue)', () => {
  assert.equal(told('-j NFQUEUE --queue-num 9', []), 'NOT_SPECIFIED');
  assert.equal(told('-j NFQUEUE --queue-num 9 --queue-bypass', []), 'yes');
  assert.equal(told('-j NFQUEUE --queue-num 9 --queue-bypass', [{ number: 9, copies: false }]), 'NOT_SPECIFIED');
  assert.equal(told('-j NFQUEUE', []), 'NOT_SPECIFIED');
  assert.equal(told('-j QUEUE', []), 'NOT_SPECIFIED');
});

test('where a program listens it decides, and where nobody read who listens it is not known', () => {
  assert.equal(told('-j NFQUEUE --queue-num 9', [{ number: 9, copies: true }]), 'unknown');
  assert.equal(told('-j NFQUEUE --queue-num 9', [{ number: 8, copies: true }]), 'NOT_SPECIFIED');
  assert.equal(told('-j NFQUEUE --queue-num 9 --queue-bypass', null), 'unknown');
});

test('of several queues a hash chooses: what is alike in all of them is known (nfqueue_tg_v1)', () => {
  const balanced = '-j NFQUEUE --queue-balance 1:2 --queue-cpu-fanout';
  assert.equal(told(balanced, []), 'NOT_SPECIFIED');
  assert.equal(told(`${balanced} --queue-bypass`, []), 'yes');
  assert.equal(told(balanced, [{ number: 2, copies: true }]), 'unknown');
});

test('nft hands to programs too, as the next chains see it (nft_queue_eval)', () => {
  const on = (statement: string): string =>
    endOf(
      withNft(
        heard([]),
        scope,
        `table inet t {\nchain f {\ntype filter hook forward priority 0; policy accept;\ntcp dport 80 ${statement}\ntcp dport 80 drop\n}\n}\n`,
      ),
    );
  assert.equal(on('queue to 9'), 'NOT_SPECIFIED');
  assert.equal(on('queue num 9'), 'NOT_SPECIFIED');
  assert.equal(on('counter packets 0 bytes 0 queue flags bypass to 9'), 'yes', 'past the rule below');
  assert.equal(on('queue flags bypass,fanout to 1-3'), 'yes');
  assert.equal(on('queue to numgen inc mod 3'), 'unknown');
});
