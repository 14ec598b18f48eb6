import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [healthy.pod('B'), healthy.pod('A')];
const first = forced(new Map());

/** Where the server's own datagram ends, with the port that it leaves from, after the client sent one the other way. */
function ownAfter(hook: string) {
  const input = 'chain in {\ntype nat hook input priority 100; policy accept;\nudp dport 9000 snat to 203.0.113.7\n}\n';
  const other = `chain other {\ntype ${hook} priority 100; policy accept;\n}\n`;
  const world = worldOf(withNft(healthy, server.scope, `table ip t {\n${input}${other}}\n`).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 9000, sport: 40001 });
  const { state } = send(world, client.scope, packet, FRESH, first, 0);
  const own: Packet = {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
  };
  const { reason, received } = send(world, server.scope, own, state, first, 10);
  return [reason.code, received.sourcePort === 9000] as const;
}

/** Linux 6.18: with no other chain of type nat than one on input, the datagram left from a drawn port. */
test('one chain of type nat, and a connection gets a free port on all hooks (nf_nat_register_fn, nf_nat_alloc_null_binding)', () => {
  assert.deepEqual(ownAfter('filter hook postrouting'), ['NO_SOCKET', false]);
  assert.deepEqual(ownAfter('nat hook postrouting'), ['NO_SOCKET', false]);
});
