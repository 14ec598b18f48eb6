import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
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

/** Linux 6.18, scene nat:dq1.58+aim: behind `-p ah -j NETMAP --to 10.2.0.2/32` the second destination of one sender was lost in the router. */
test('what has no ports keeps its tuple, and is lost where another connection has it (nf_nat_l4proto_unique_tuple, nf_ct_resolve_clash)', () => {
  const ends = (protocol: Packet['protocol'], words: string): readonly string[] => {
    const to = `-A PREROUTING -p ${protocol === 'ipip' ? 'ipencap' : protocol} -j DNAT --to-destination ${server.address}`;
    const router = healthy.node('A').scope;
    const world = worldOf(healthy.rule(router, 'nat', to).rule(router, 'nat', `-A POSTROUTING ${words}`).facts);
    const bare = { protocol, sourcePort: 0, destinationPort: 0, tcp: null, icmp: null, size: 84, df: false, ttl: 64, mark: 0 } as const;
    let state = FRESH;
    return [77, 78, 77].map((last, at) => {
      const destination = ip`${server.address.replace(/\d+$/, `${last}`)}`;
      const sent = send(world, client.scope, { ...bare, source: client.address, destination }, state, forced(new Map()), at);
      ({ state } = sent);
      return sent.reason.code;
    });
  };
  for (const protocol of ['ah', 'esp', 'gre', 'ipip'] as const) {
    assert.deepEqual(ends(protocol, '-p udp -j ACCEPT'), ['IP_NOPROTO', 'NETFILTER_DROP', 'IP_NOPROTO'], protocol);
    assert.deepEqual(ends(protocol, '-j MASQUERADE --random'), ['IP_NOPROTO', 'NETFILTER_DROP', 'IP_NOPROTO'], protocol);
  }
});

/** Read in nf_ct_can_merge: allow_clash of nf_conntrack_l4proto_generic, of 2026, is only for the same flow. */
test('what has no ports never joins a connection that NAT was never asked about', () => {
  const router = healthy.node('A').scope;
  const [there, back] = [
    { source: client.address, destination: server.address, sourcePort: null, destinationPort: null, icmp: null },
    { source: server.address, destination: client.address, sourcePort: null, destinationPort: null, icmp: null },
  ];
  const tracked = { protocol: 'ah', protocolNumber: 51, timeoutSeconds: 600, state: null, original: there, reply: back } as const;
  const built = healthy
    .rule(router, 'nat', `-A PREROUTING -p ah -j DNAT --to-destination ${server.address}`)
    .put('conntrack', router, { ...tracked, unreplied: true, assured: false, mark: 0, zone: 0 });
  const ends = (kernel: string): string => {
    const world = worldOf(built.change('host', router, () => true, { kernel }).facts);
    const destination = ip`${server.address.replace(/\d+$/, '77')}`;
    const bare = {
      protocol: 'ah',
      sourcePort: 0,
      destinationPort: 0,
      tcp: null,
      icmp: null,
      size: 84,
      df: false,
      ttl: 64,
      mark: 0,
    } as const;
    return send(world, client.scope, { ...bare, source: client.address, destination }, FRESH, forced(new Map()), 0).disposition;
  };
  assert.deepEqual([ends('6.1.0'), ends('6.18.44'), ends('6.19.0')], ['dropped', 'dropped', 'dropped']);
});
