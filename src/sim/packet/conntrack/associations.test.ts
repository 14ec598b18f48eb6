import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange, possibilities } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const [one, other] = [healthy.pod('A'), healthy.pod('A', 1)];
/** A namespace tracks once a rule of its own wants it. */
const tracking = healthy.rule(other.scope, 'filter', '-A INPUT -m conntrack --ctstate INVALID -j DROP');
const [sourcePort, destinationPort] = [20063, 9090];

/** Whether the pod that was asked has answered, in each way in which its INIT_ACK may be taken, where an association in that state was captured. */
function answered(state: string | null): readonly (boolean | undefined)[] {
  const { facts } = tracking.put('conntrack', other.scope, {
    ...{ protocol: 'sctp', protocolNumber: 132, timeoutSeconds: 100, state, unreplied: true, assured: false, mark: 0, zone: null },
    original: { source: one.address, destination: other.address, sourcePort, destinationPort, icmp: null },
    reply: { source: other.address, destination: one.address, sourcePort: destinationPort, destinationPort: sourcePort, icmp: null },
  });
  const world = worldOf(facts);
  const flow = { from: other.scope, to: one.address, protocol: 'sctp', port: sourcePort, sport: destinationPort } as const;
  const packet = { ...packetOf(world, flow), sctp: { tag: 5, chunks: [{ type: 'INIT_ACK', initiateTag: 6 }] } } as const;
  const found = exchange(world, { from: other.scope, packet }, FRESH) ?? assert.fail('no such pod');
  return possibilities(found).map(
    ({ state: { connections } }) =>
      [...connections].flatMap(([stack, table]) => (stack.includes(other.scope.netns) ? [...table.values()] : []))[0]?.seenReply,
  );
}

/** Scene services:rb1.15+talk+aim@1: a way that leaves another connection is another way, though nobody sees it on the wire. */
test('whether a captured association takes an answer depends on tags that nobody told: both ways are left', () => {
  assert.deepEqual(new Set(answered('CLOSED')), new Set([false, true]));
});

test('an association of which no state was told, or one of other kernels, takes it or does not', () => {
  for (const state of [null, 'HEARTBEAT_ACKED']) assert.equal(answered(state).length, 2);
});
