import assert from 'node:assert/strict';
import test from 'node:test';
import { enumerate } from '#sim/clock/choice';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH, type State } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const [client, server] = [healthy.pod('A'), healthy.pod('A', 1)];
const { scope } = healthy.node('A');
const UNREAD = 'net.netfilter.nf_conntrack_udp_timeout';

/** The pods track nothing; their node does. */
function tracking(): typeof healthy {
  return [client, server].reduce(
    (built, pod) => built.rule(pod.scope, 'raw', '-A PREROUTING -j CT --notrack').rule(pod.scope, 'raw', '-A OUTPUT -j CT --notrack'),
    healthy.rule(server.scope, 'filter', '-A INPUT -j DROP'),
  );
}

/** A datagram and the same once more some seconds later, where the timeout of what nobody answers is told or not: every way of the second one. */
const again = (timeout: number | null, seconds: number) =>
  repeated(timeout === null ? tracking() : tracking().sysctl(scope, UNREAD, timeout), 'udp', [seconds]);

/** A packet that is sent again and again: every way of the last one. The first way of each before it is gone on with. */
function repeated(built: typeof healthy, protocol: 'tcp' | 'udp', seconds: readonly number[]) {
  const world = worldOf(built.facts);
  const plain = packetOf(world, { from: client.scope, to: server.address, protocol, port: 53, sport: 20000 });
  const packet = protocol === 'udp' ? plain : { ...plain, tcp: { syn: false, ack: true, rst: false, fin: false } };
  const sent = (state: State, at: number) => enumerate((chooser) => send(world, client.scope, packet, state, chooser, at)).branches;
  const last = seconds.at(-1) ?? 0;
  const state = [0, ...seconds.slice(0, -1)].reduce((now, at) => sent(now, at * 1000)[0]?.result.state ?? now, FRESH);
  return sent(state, last * 1000).map(({ result, choices }) => ({
    says: result.hops.flatMap(({ steps }) => steps.map(({ says }) => says)).filter((says) => says.includes('to track it still')),
    picked: choices.map(({ of, picked }) => `${of}: ${picked}`),
    because: choices.flatMap(({ because }) => because?.gap.detail ?? []),
  }));
}

test('how long a connection lives is told by the setting that was read', () => {
  for (const seconds of [0, 29, 31]) {
    const [way, ...others] = again(30, seconds);
    assert.deepEqual([way?.says, way?.picked, others.length], [[], [], 0], `${seconds} s`);
  }
});

test('where it was not read a connection is taken to be there as long as a kernel keeps it of itself, and that is said', () => {
  const said = [`A is taken to track it still, as long as a kernel does of itself: ${UNREAD} was not read`];
  assert.deepEqual(
    again(null, 5).map(({ says, picked }) => [says, picked]),
    [[said, []]],
  );
  assert.deepEqual(
    again(null, 0).map(({ says, picked }) => [says, picked]),
    [[[], []]],
    'no setting makes it shorter than a second',
  );
});

test('beyond that both are walked, for a setting that was not read', () => {
  const ways = again(null, 31);
  assert.deepEqual(
    ways.map(({ picked }) => picked),
    [['setting not seen: it is there still'], ['setting not seen: it is forgotten']],
  );
  const detail = `how long a connection lives without packets is not known: ${UNREAD} was not read`;
  assert.ok(ways.every(({ because }) => because[0] === detail));
});

test('beyond what was read for sure it is gone, whatever the other setting is', () => {
  const told = { tcp_timeout_established: 1000, tcp_max_retrans: 3, tcp_timeout_max_retrans: 300, tcp_loose: 1, tcp_be_liberal: 0 };
  const built = Object.entries(told).reduce(
    (now, [name, value]) => now.sysctl(scope, `net.netfilter.nf_conntrack_${name}`, value),
    tracking(),
  );
  const at = (seconds: number) => repeated(built, 'tcp', [seconds]).map(({ says, picked }) => [says.length, picked.length]);
  assert.deepEqual(at(200), [[1, 0]], 'nobody answers what was taken up, which a kernel forgets after 300 s of itself');
  assert.deepEqual(at(500), [
    [0, 1],
    [0, 1],
  ]);
  assert.deepEqual(at(1001), [[0, 0]]);
});

test('what was picked holds for a packet that comes at once', () => {
  assert.deepEqual(
    repeated(tracking(), 'udp', [31, 31]).map(({ picked }) => picked),
    [[]],
  );
});
