import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { ip } from '#net/ip';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { send } from '../../send.ts';
import { FRESH } from '../../state.ts';
import { packetOf } from '../../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const [client, pod] = [healthy.pod('B'), healthy.pod('A')];
const ruled = healthy.rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -j TPROXY --on-port 7777', 0);

const rest = {
  protocol: 'tcp',
  family: 4,
  v6Only: undefined,
  recvQ: 0,
  sendQ: 128,
  timer: null,
  process: null,
  inode: 7,
  uid: 0,
  tcp: null,
} as const;
const listening = (port: number): Socket => ({
  ...rest,
  state: 'LISTEN',
  local: { address: ip`0.0.0.0`, port, dev: null },
  remote: null,
  origin: { file: 'nodes/A/ss', line: 1 },
});
const connected: Socket = {
  ...listening(80),
  state: 'ESTAB',
  local: { address: pod.address, port: 80, dev: null },
  remote: { address: client.address, port: 40_001 },
};

/** What becomes of a SYN, or of an acknowledgement out of nowhere, where these sockets are. */
function ends(kind: 'syn' | 'ack', ...sockets: readonly Socket[]): string {
  const built = sockets.reduce((now, one) => now.put('socket', scope, one), ruled);
  const world = worldOf(built.facts);
  const flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 } as const;
  const packet = { ...packetOf(world, flow), tcp: { syn: kind === 'syn', ack: kind === 'ack', rst: false, fin: false } };
  return send(world, client.scope, packet, FRESH, forced(new Map()), 0).disposition;
}

test('what neither a connection nor a listener takes is dropped (tproxy_tg4)', () => {
  assert.deepEqual([ends('syn'), ends('ack')], ['dropped', 'dropped']);
});

test('whether a socket that is there is transparent is not known, nor whom an earlier packet opened', () => {
  assert.deepEqual([ends('syn', listening(7777)), ends('ack', listening(7777))], ['unknown', 'unknown']);
  assert.equal(ends('ack', connected), 'unknown');
  assert.deepEqual([ends('syn', listening(80)), ends('ack', listening(80))], ['dropped', 'unknown']);
});

/** Seed n2, scene filter:n2.99+talk: an acknowledgement to port 80, where whoever listens is not transparent. */
test('what only sockets that are not transparent would take is dropped (nf_tproxy_sk_is_transparent)', () => {
  const opaque = (socket: Socket): Socket => ({ ...socket, transparent: false });
  assert.deepEqual([ends('syn', opaque(listening(7777))), ends('ack', opaque(listening(7777)))], ['dropped', 'dropped']);
  assert.deepEqual([ends('ack', opaque(listening(80))), ends('ack', opaque(connected))], ['dropped', 'dropped']);
  const both = [opaque(listening(80)), { ...listening(80), inode: 8, transparent: true }];
  assert.equal(ends('ack', ...both), 'unknown');
});
