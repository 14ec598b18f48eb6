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

/** The pods track nothing; their node does, and its timeout for datagrams that nobody answers is told or not. */
function node(timeout: number | null) {
  const pods = [client, server].reduce(
    (built, pod) => built.rule(pod.scope, 'raw', '-A PREROUTING -j CT --notrack').rule(pod.scope, 'raw', '-A OUTPUT -j CT --notrack'),
    healthy.rule(server.scope, 'filter', '-A INPUT -j DROP'),
  );
  return timeout === null ? pods : pods.sysctl(scope, UNREAD, timeout);
}

/** A datagram and the same once more some seconds later: every way of the second one. */
function again(timeout: number | null, seconds: number) {
  const world = worldOf(node(timeout).facts);
  const packet = packetOf(world, { from: client.scope, to: server.address, protocol: 'udp', port: 53, sport: 20000 });
  const sent = (state: State, at: number) => enumerate((chooser) => send(world, client.scope, packet, state, chooser, at)).branches;
  const [first, ...others] = sent(FRESH, 0);
  assert.ok(first !== undefined && others.length === 0);
  return sent(first.result.state, seconds * 1000).map(({ result, choices }) => ({
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
