import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { type Flow, trace } from '../../trace.ts';

/** On the node of the pod that is asked, before it routes. */
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const [client, pod] = [healthy.pod('B'), healthy.pod('A')];
const flow: Flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 };

type Own = Pick<Socket, 'protocol' | 'state' | 'local' | 'remote'>;

const local = (address: string, port = 80) => ({ address: ip`${address}`, port, dev: null });
const onAll: Own = { protocol: 'tcp', state: 'LISTEN', local: local('0.0.0.0'), remote: null };
const onOne: Own = { ...onAll, local: local(pod.address) };
const connected: Own = { ...onOne, state: 'ESTAB', remote: { address: client.address, port: 40_001 } };

const rest = { family: 4, v6Only: undefined, recvQ: 0, sendQ: 128, timer: null, process: null, inode: 7, uid: 0, tcp: null } as const;

/** Whether a rule with the match drops the packet: `no` when it does. */
function works(match: string, own: Own | null, asked: Partial<Flow> = {}): string | undefined {
  const ruled = healthy.rule(scope, 'mangle', `-A PREROUTING -i flannel.1 ${match} -j DROP`, 0);
  const built = own === null ? ruled : ruled.put('socket', scope, { ...rest, ...own });
  return trace(worldOf(built.facts), { ...flow, ...asked }).outcomes[0]?.works;
}

test('a socket of the very address or connection matches, one on all addresses only with --nowildcard (socket_match)', () => {
  assert.equal(works('-m socket', null), 'yes');
  assert.equal(works('-m socket', onAll), 'yes');
  assert.equal(works('-m socket --nowildcard', onAll), 'no');
  assert.equal(works('-m socket', onOne), 'no');
  assert.equal(works('-m socket', connected), 'no');
  assert.equal(works('-m socket', onOne, { port: 81 }), 'yes');
});

test('the first datagram of a connection meets who has the port (udp4_lib_lookup)', () => {
  const udp: Own = { ...onOne, protocol: 'udp', state: 'UNCONN' };
  assert.equal(works('-m socket', udp, { protocol: 'udp' }), 'no');
  assert.equal(works('-m socket', null, { protocol: 'udp' }), 'yes');
});

test('what only the socket knows is unknown where there is one, and no matter where there is none (inet_sk_transparent, sk_mark)', () => {
  for (const option of ['--transparent', '--restore-skmark']) {
    assert.equal(works(`-m socket ${option}`, null), 'yes', option);
    assert.equal(works(`-m socket ${option}`, onAll), 'yes', option);
    assert.equal(works(`-m socket ${option}`, onOne), 'unknown', option);
    assert.equal(works(`-m socket --nowildcard ${option}`, onAll), 'unknown', option);
  }
});
