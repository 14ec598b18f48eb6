import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { enumerate } from '#sim/clock/choice';
import { skbOf } from '../answer.ts';
import { exchange } from '../exchange.ts';
import type { Walk } from '../outcome.ts';
import type { Packet, SctpChunk } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { listener as listenerOf } from './find.ts';

/** A pod that speaks to itself: no rule stands between. */
const bare = cluster({ nodes: 1, podsPerNode: 1 });
const server = bare.pod('A');
/** Its kernel knows SCTP, and its listeners were listed. */
const loaded = bare
  .put('sysctl', server.scope, { name: 'net.sctp.auth_enable', value: '0' })
  .put('listed-protocol', server.scope, { protocol: 'sctp' });
const listener: Omit<Socket, 'origin'> = {
  ...{ protocol: 'sctp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 7 },
  local: { address: ip`0.0.0.0`, port: 9999, dev: null },
  ...{ timer: undefined, process: undefined, inode: 1, uid: 0, tcp: undefined },
};
const listening = loaded.put('socket', server.scope, listener);

const packet: Packet = {
  ...({ source: server.address, destination: server.address, protocol: 'sctp', sourcePort: 40_001, destinationPort: 9999 } as const),
  ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
};

function walksOf(built: BuiltCluster, tag: number, chunks: readonly SctpChunk[], more: Partial<Packet> = {}): readonly Walk[] {
  const sent = { ...packet, ...more, sctp: { tag, chunks } };
  return exchange(worldOf(built.facts), { from: server.scope, packet: sent }, FRESH)?.branches[0]?.result.walks ?? [];
}

/** How a packet of these chunks ends, and what is said to it: chunks, their flags, the tag. */
function met(built: BuiltCluster, tag: number, chunks: readonly SctpChunk[], more: Partial<Packet> = {}): readonly unknown[] {
  const [first, answer] = walksOf(built, tag, chunks, more);
  const said = answer?.packet.sctp;
  const answered =
    said === undefined
      ? (answer?.packet.icmp?.code ?? null)
      : said.chunks.map(({ type, flags = 0 }) => `${type} ${flags} ${said.tag}`).join();
  return [first?.disposition, first?.reason.code, answered];
}

const INIT: SctpChunk = { type: 'INIT', initiateTag: 77 };
const REFUSED = (says: string): readonly unknown[] => ['no listener', 'NO_SOCKET', says];
const IGNORED = ['dropped', 'NOT_SPECIFIED', null];

test('a listener answers an INIT with the tag that it asks for, and nobody with an ABORT', () => {
  assert.deepEqual(met(listening, 0, [INIT]), ['delivered', 'DELIVERED', 'INIT_ACK 0 77']);
  assert.deepEqual(met(loaded, 0, [INIT]), REFUSED('ABORT 0 77'));
  // an INIT carries no tag, and stands alone (sctp_sf_do_5_1B_init)
  assert.deepEqual(met(listening, 5, [INIT]), REFUSED('ABORT 0 77'));
  assert.deepEqual(met(listening, 0, [INIT, { type: 'DATA' }]), IGNORED);
});

/** Debian 12, scene link:gx5.1*370: `-m ecn --ecn-ip-ect 2` dropped the answers. */
test('whatever SCTP answers says that it understands congestion marks, whatever it answers (sctp_packet_transmit)', () => {
  for (const [built, type] of [
    [listening, 'INIT'],
    [loaded, 'INIT'],
    [loaded, 'DATA'],
  ] as const)
    assert.equal(walksOf(built, 0, [{ type, initiateTag: 77 }], { tos: 0xb8 })[1]?.packet.tos, 2, type);
});

test('a kernel that has not loaded SCTP answers that it has no such protocol', () => {
  assert.deepEqual(met(bare, 0, [INIT]), ['no listener', 'IP_NOPROTO', 2]);
});

test('what was not told is unknown: whether SCTP was listed, whether a cookie was given, what an ERROR is about', () => {
  assert.equal(met(bare.put('sysctl', server.scope, { name: 'net.sctp.auth_enable', value: '0' }), 0, [INIT])[0], 'unknown');
  assert.equal(met(listening, 7, [{ type: 'COOKIE_ECHO' }], { size: 400 })[0], 'unknown');
  assert.equal(met(loaded, 7, [{ type: 'ERROR' }])[0], 'unknown');
});

test('what belongs to no association is answered by an ABORT that repeats its tag, and ends by a SHUTDOWN_COMPLETE', () => {
  for (const built of [loaded, listening]) {
    for (const type of ['DATA', 'SACK', 'HEARTBEAT', 'HEARTBEAT_ACK', 'SHUTDOWN'] as const)
      assert.deepEqual(met(built, 7, [{ type }]), REFUSED('ABORT 1 7'), type);
    assert.deepEqual(met(built, 7, [{ type: 'SHUTDOWN_ACK' }]), REFUSED('SHUTDOWN_COMPLETE 1 7'));
    assert.deepEqual(met(built, 7, [{ type: 'DATA' }, { type: 'SHUTDOWN_ACK' }]), REFUSED('SHUTDOWN_COMPLETE 1 7'));
    assert.deepEqual(met(built, 7, [{ type: 'ERROR', cause: 12 }]), REFUSED('ABORT 1 7'));
    assert.deepEqual(met(built, 7, [{ type: 'ERROR', cause: 3 }]), IGNORED, 'a cookie that is too old');
    assert.deepEqual(met(built, 7, [{ type: 'ECN_ECNE' }, { type: 'DATA' }]), REFUSED('ABORT 1 7'));
  }
});

test('nobody answers an ABORT, the end of an association, or the answer to a cookie (sctp_rcv_ootb, sctp_sf_ootb)', () => {
  for (const built of [loaded, listening])
    for (const type of ['ABORT', 'SHUTDOWN_COMPLETE', 'COOKIE_ACK', 'ECN_CWR'] as const)
      assert.deepEqual(met(built, 7, [{ type }]), IGNORED, type);
});

test('a listener overlooks an INIT_ACK and what has no room for a cookie, which nobody takes otherwise (sctp_sf_do_5_2_3_initack, sctp_sf_do_5_1D_ce)', () => {
  const [answer, cookie]: readonly SctpChunk[] = [{ type: 'INIT_ACK', initiateTag: 9 }, { type: 'COOKIE_ECHO' }];
  assert.ok(answer !== undefined && cookie !== undefined);
  assert.deepEqual(met(listening, 7, [answer]), IGNORED);
  assert.deepEqual(met(loaded, 7, [answer]), REFUSED('ABORT 1 7'));
  assert.deepEqual(met(listening, 7, [cookie, { type: 'DATA' }]), IGNORED);
  assert.deepEqual(met(loaded, 7, [cookie]), REFUSED('ABORT 1 7'));
  assert.deepEqual(met(loaded.put('socket', server.scope, { ...listener, recvQ: 8 }), 7, [cookie]), REFUSED('ABORT 1 7'), 'it has no room');
});

test('what nobody listens to is answered by the kernel itself, which no user owns; else who listens does', () => {
  const ends = (built: BuiltCluster): readonly unknown[] => {
    const ruled = built.rule(server.scope, 'filter', '-A OUTPUT -p sctp -m owner ! --uid-owner 7 -j DROP');
    const sent = { from: server.scope, packet: { ...packet, sctp: { tag: 0, chunks: [INIT] } }, owner: { uid: 7, gid: 7 } };
    return exchange(worldOf(ruled.facts), sent, FRESH)?.branches.map(({ result: { walks } }) => walks[1]?.reason.code) ?? [];
  };
  assert.deepEqual(ends(loaded), ['NETFILTER_DROP']);
  assert.deepEqual(ends(listening), ['NETFILTER_DROP'], 'root listens');
  assert.deepEqual(ends(loaded.put('socket', server.scope, { ...listener, uid: 7 })), ['NO_SOCKET']);
});

test('a socket outside a VRF takes what comes in by it: whatever comes before 6.2, then as l3mdev_accept says (sctp_sk_bound_dev_eq)', () => {
  const { scope } = server;
  const takes = (kernel: string, accept: number): boolean => {
    const inVrf = listening.link(scope, 'eth0', { upper: { kind: 'vrf', table: '7' } }).sysctl(scope, 'net.sctp.l3mdev_accept', accept);
    const world = worldOf(inVrf.change('host', bare.node('A').scope, () => true, { kernel }).facts);
    const stack = world.stack(scope);
    const device = stack?.link('eth0');
    assert.ok(stack !== undefined && device !== undefined && stack.listeners.is === 'seen');
    const all = stack.listeners.table.get('sctp 9999') ?? [];
    const skb = { ...skbOf(stack, packet), in: device };
    return enumerate((chooser) => listenerOf(new Run(world, chooser, FRESH), skb, all)).branches.every(
      ({ result }) => result !== undefined,
    );
  };
  assert.equal(takes('6.1.0', 0), true);
  assert.equal(takes('6.2.0', 0), false);
  assert.equal(takes('6.2.0', 1), true);
});

/** Linux 6.1 (ipvs:fresh4.4): chunks are taken one by one, and each one out of the blue looks at those behind it (sctp_sf_ootb). */
test('a cookie that is acknowledged before anything else is passed over, behind something it silences all', () => {
  assert.deepEqual(met(loaded, 9, [{ type: 'COOKIE_ACK' }, { type: 'SACK' }]), REFUSED('ABORT 1 9'));
  assert.deepEqual(met(loaded, 9, [{ type: 'SACK' }, { type: 'COOKIE_ACK' }]), IGNORED);
});
