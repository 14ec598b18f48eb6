import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Scope } from '#snapshot/scope';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf, type Flow } from '../trace.ts';

const healthy = cluster();
const [A, client, server] = [healthy.node('A'), healthy.pod('A'), healthy.pod('D')];
const refusing = worldOf(healthy.rule(A.scope, 'filter', '-A OUTPUT -p udp -m udp --dport 8472 -j REJECT').facts);

/** What becomes of everything that a packet causes: which ICMP it is, and why it ends. */
function walksOf(from: Scope, flow: Omit<Flow, 'from'>): readonly (readonly [number | null, string])[] {
  const packet = packetOf(refusing, { from, ...flow });
  const walks = exchange(refusing, { from, packet }, FRESH)?.branches[0]?.result.walks ?? [];
  return walks.map((walk) => [walk.packet.icmp?.type ?? null, walk.reason.code]);
}

/** Measured on Linux 6.18: of 174 packets in a tunnel that OUTPUT rejected, 19 were echo replies and errors of the node's own; no error came. */
test('of an ICMP message of its own that a tunnel took a namespace tells itself nothing: it is just sending it (icmp_xmit_lock)', () => {
  assert.deepEqual(walksOf(server.scope, { to: A.gateway, protocol: 'icmp' }), [
    [8, 'DELIVERED'],
    [0, 'NETFILTER_DROP'],
  ]);
  const told = walksOf(client.scope, { to: server.address, protocol: 'udp', port: 53, sport: 40_001 });
  assert.deepEqual(
    told.map(([type]) => type),
    [null, 3],
  );
});
