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

const built = cluster({ nodes: 2, podsPerNode: 1 });
const [client, server] = [built.pod('B'), built.pod('A')];
const local = { address: server.address, port: 9000, dev: null };
const rest = { recvQ: 0, sendQ: 128, timer: null, process: null, inode: 7, uid: 0, tcp: null } as const;
const healthy = built.put('socket', server.scope, { ...rest, protocol: 'tcp', state: 'LISTEN', local, remote: null, v6Only: undefined });
const first = forced(new Map());

/** The server's own packets, as often as it sends the same, after the client sent one the other way. */
function ownAfter(hook: string, protocol: 'udp' | 'tcp', times: number) {
  const input = `chain in {\ntype nat hook input priority 100; policy accept;\n${protocol} dport 9000 snat to 203.0.113.7\n}\n`;
  const other = `chain other {\ntype ${hook} priority 100; policy accept;\n}\n`;
  const world = worldOf(withNft(healthy, server.scope, `table ip t {\n${input}${other}}\n`).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol, port: 9000, sport: 40001 });
  // nobody answers what belongs to a connection that was there before, so it stays
  const picked: Packet = packet.tcp === null ? packet : { ...packet, tcp: { syn: false, ack: true, rst: false, fin: false } };
  const { state } = send(world, client.scope, picked, FRESH, first, 0);
  const own: Packet = {
    ...packet,
    source: packet.destination,
    destination: packet.source,
    sourcePort: packet.destinationPort,
    destinationPort: packet.sourcePort,
  };
  const sent = [send(world, server.scope, own, state, first, 10)];
  while (sent.length < times) sent.push(send(world, server.scope, own, sent.at(-1)?.state ?? state, first, 10 + sent.length));
  return sent.map(({ reason, received }) => ({ code: reason.code, port: received.sourcePort }));
}

/** Linux 6.18: with no other chain of type nat than one on input, the datagram left from a drawn port. */
test('one chain of type nat, and a connection gets a free port on all hooks (nf_nat_register_fn, nf_nat_alloc_null_binding)', () => {
  for (const hook of ['filter hook postrouting', 'nat hook postrouting']) {
    const [only] = ownAfter(hook, 'udp', 1);
    assert.equal(only?.code, 'NO_SOCKET');
    assert.notEqual(only?.port, 9000);
  }
});

/** Linux 6.18: a SYN left from port 58409, its RST ended the connection (nf_conntrack_tcp_packet), and the same SYN left from 1861. */
test('a port that is drawn once more is another one: sets that remember the first do not know it', () => {
  const [one, other] = ownAfter('nat hook postrouting', 'tcp', 2);
  assert.deepEqual([one?.code, other?.code], ['NO_SOCKET', 'NO_SOCKET']);
  assert.equal(new Set([9000, one?.port, other?.port]).size, 3);
});

const HUNG =
  'table ip nat {\nchain PREROUTING {\ntype nat hook prerouting priority -100; policy accept;\nudp dport 9000 dnat to :9001\n}\n}\n';

/** The port that a datagram to 9000 comes to, of a connection that was given 9001 before iptables was asked to load these tables. */
function nowComesTo(backend: 'legacy' | 'nft', ruleset: string) {
  const built = cluster({ nodes: 2, podsPerNode: 1, iptables: backend });
  const { scope } = built.pod('A');
  const before = worldOf(withNft(healthy, server.scope, HUNG).facts);
  const packet = packetOf(before, { from: client.scope, to: server.address, protocol: 'udp', port: 9000, sport: 40002 });
  const { state, received } = send(before, client.scope, packet, FRESH, first, 0);
  assert.equal(received.destinationPort, 9001);
  const tracking = built.rule(scope, 'filter', '-A INPUT -m conntrack --ctstate INVALID -j DROP');
  const after = worldOf(withNft(tracking.rule(scope, 'nat', '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000'), scope, ruleset).facts);
  return send(after, client.scope, packet, state, first, 10).received.destinationPort;
}

/** Linux 6.18, iptables v1.8.9: `iptables-nft-restore` of a table nat that names no built-in chain; the save prints all four. */
test('a table nat of which no built-in chain hangs on its hook translates nothing, what it did before neither (nf_nat_unregister_fn)', () => {
  assert.equal(nowComesTo('nft', 'table ip nat {\nchain KUBE-MARK-MASQ {\n}\n}\n'), 9000);
  assert.equal(nowComesTo('nft', HUNG.replace(/udp.*\n/, '')), 9001);
  assert.equal(nowComesTo('legacy', ''), 9001);
});
