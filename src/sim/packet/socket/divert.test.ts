import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { familyOf, type Ip, ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { onDevice } from '#testing/built/devices';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { divert, type Toward } from './divert.ts';
import { type Asking, divertedKey, openedKey } from './met.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [healthy.node('A'), healthy.pod('A')];

const listening = (port: number, more: Partial<Socket> = {}): Socket => ({
  ...{ protocol: 'tcp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 128, timer: null },
  ...{ local: { address: ip`0.0.0.0`, port, dev: null }, process: null, inode: port, uid: 0, tcp: null, transparent: true },
  ...{ origin: { file: 'nodes/A/ss', line: 1 }, ...more },
});
const SYN = { syn: true, ack: false, rst: false, fin: false };
const ACK = { syn: false, ack: true, rst: false, fin: false };
const asked: Packet = {
  ...{ source: pod.address, destination: ip`203.0.113.7`, protocol: 'tcp', sourcePort: 40_001, destinationPort: 80 },
  ...{ tcp: SYN, icmp: null, size: 60, df: false, ttl: 64, mark: 0 },
};
/** The socket of the connection that is asked about, in one of its states. */
const of = (state: Socket['state'], more: Partial<Socket> = {}): Socket =>
  listening(80, {
    ...{ state, inode: 99, ...more },
    ...{ local: { address: asked.destination, port: 80, dev: null }, remote: { address: asked.source, port: asked.sourcePort } },
  });

const having = (...sockets: readonly Socket[]): BuiltCluster => sockets.reduce((now, one) => now.put('socket', node.scope, one), healthy);

const TO: Toward = { address: null, port: 7777 };

/** Which socket takes what comes in by the pods' bridge, whether as one that has all it is asked for; or why nobody knows. */
function taker(built: BuiltCluster, packet: Packet = asked, more: (asking: Asking) => Partial<Asking> = () => ({}), toward = TO): string {
  const world = worldOf(built.facts);
  const stack = world.stack(node.scope);
  assert.ok(stack !== undefined);
  const { notes } = new Run(world, forced(new Map()), FRESH);
  const asking: Asking = { stack, packet, track: null, in: stack.link(node.bridge) ?? null, notes };
  const found = divert({ ...asking, ...more(asking) }, toward);
  if (found === null) return 'nobody';
  return 'gap' in found ? found.gap.detail : `${found.socket.inode}${found.met.isFull ? '' : ', not full'}`;
}

test('a connection that waits for its end gives way to a listener where it is opened anew (nf_tproxy_handle_time_wait4)', () => {
  const both = having(of('TIME-WAIT'), listening(7777));
  assert.deepEqual([taker(both), taker(both, { ...asked, tcp: ACK })], ['7777', '99, not full']);
  assert.equal(taker(having(of('TIME-WAIT'))), '99, not full', 'nobody listens');
  assert.equal(taker(having(of('ESTAB'), listening(7777))), '99');
});

test('one that is being opened is what its listener is, and not yet full; which that was must be known (tcp_conn_request)', () => {
  const requested = having(of('SYN-RECV'), listening(7777));
  const untold = 'which listener the connection was opened at was not told';
  assert.equal(taker(requested), untold);
  const opened = (isLed: boolean) => (asking: Asking) => {
    asking.notes?.open(openedKey(asking.stack, asking.packet));
    if (isLed) asking.notes?.open(divertedKey(asking));
    return {};
  };
  assert.equal(taker(requested, asked, opened(true)), '7777, not full');
  assert.equal(taker(having(listening(7777)), asked, opened(true)), '7777, not full', 'opened since');
  assert.equal(taker(having(listening(7777)), asked, opened(false)), 'nobody', 'at an address of its own, where nobody listens any more');
  assert.equal(taker(having(listening(80), listening(7777)), asked, opened(false)), '80, not full');
  assert.equal(taker(having(listening(80)), asked, opened(true)), untold);
});

test('what a socket here sent is no transparent one’s; whether one of UDP is connected nobody told (nf_tproxy_get_sock_v4)', () => {
  const sent =
    (protocol: 'tcp' | 'udp', isSure = true) =>
    ({ stack }: Asking): Partial<Asking> => {
      const back = { source: asked.destination, destination: asked.source, sourcePort: 80, destinationPort: 40_001 };
      return { sender: { stack, sent: { ...asked, ...back, protocol }, isSure } };
    };
  assert.equal(taker(having(listening(7777)), asked, sent('tcp')), 'nobody');
  assert.match(taker(having(listening(7777)), asked, sent('tcp', false)), /^whether a socket sent what this answers was not told$/);
  const datagram: Packet = { ...asked, protocol: 'udp', tcp: null };
  const heard = having(listening(7777, { protocol: 'udp', state: 'UNCONN' }));
  assert.equal(taker(heard, datagram), '7777');
  assert.match(taker(heard, datagram, sent('udp')), /is connected was not told$/);
  assert.equal(taker(healthy, datagram, sent('udp')), 'nobody');
});

test('of several on one port a hash picks one: they must be alike in what they can take', () => {
  const [free, full] = [listening(7777), listening(7777, { inode: 7778, recvQ: 129 })];
  assert.equal(taker(having(free, { ...free, inode: 7778 })), '7777');
  assert.match(taker(having(free, full)), /is transparent was not captured$/);
});

test('without an address it is the first of the device that may be used, else the packet’s own (nf_tproxy_laddr4, nf_tproxy_laddr6)', () => {
  const on = (address: Ip): Socket => listening(7777, { family: familyOf(address), local: { address, port: 7777, dev: null } });
  const at = (address: Ip, packet: Packet, ...own: readonly (readonly [Ip, object])[]): string => {
    const bare = healthy.drop('address', node.scope, ({ dev }) => dev === node.bridge);
    const built = own.reduce(
      (now, [one, more]) => now.put('address', node.scope, { ...onDevice(node.bridge, one, familyOf(one) === 6 ? 64 : 24, null), ...more }),
      bare,
    );
    return taker(built.put('socket', node.scope, on(address)), packet);
  };
  const [first, second] = [ip`192.0.2.1`, ip`192.0.2.2`];
  assert.deepEqual(
    [at(second, asked, [first, { secondary: true }], [second, {}]), at(second, asked, [first, {}], [second, {}])],
    ['7777', 'nobody'],
  );
  assert.equal(at(asked.destination, asked), '7777');
  const six: Packet = { ...asked, source: ip`fd00:1::9`, destination: ip`2001:db8::7` };
  const [early, old, good] = [ip`fd00:1::1`, ip`fd00:1::2`, ip`fd00:1::3`];
  assert.equal(at(good, six, [early, { tentative: true }], [old, { deprecated: true }], [good, {}]), '7777');
  assert.equal(at(good, six, [old, {}], [good, {}]), 'nobody');
});
