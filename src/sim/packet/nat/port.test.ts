import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [healthy.pod('B'), healthy.pod('A')];

/** Which port a datagram comes to that was sent to another, where ports are shifted. */
function shifted(port: number, rule: string): number {
  const world = worldOf(healthy.rule(server.scope, 'nat', rule).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port, sport: 40001 });
  return send(world, client.scope, packet, FRESH, forced(new Map()), 0).received.destinationPort;
}

/** Linux 6.18: 6 became 8424, 47 below the base are 65489 of a u16. */
test('how far a port is from the base of a range is a u16, also below it (nf_nat_l4proto_unique_tuple)', () => {
  const rule = `-A PREROUTING -p udp -j DNAT --to-destination ${server.address}:8000-9000/53`;
  assert.deepEqual([shifted(53, rule), shifted(60, rule), shifted(6, rule)], [8000, 8007, 8424]);
});
