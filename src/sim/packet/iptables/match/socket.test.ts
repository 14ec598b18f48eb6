import assert from 'node:assert/strict';
import test from 'node:test';
import { type World, worldOf } from '#dataplane/world';
import type { Socket } from '#facts/socket/socket';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cluster } from '#testing/world-builder';
import { exchange } from '../../exchange.ts';
import type { Packet } from '../../packet.ts';
import { socketMet } from '../../socket/met.ts';
import { FRESH, type State } from '../../state.ts';
import { type Flow, packetOf, trace } from '../../trace.ts';
import { withNft } from '#testing/nft-text';

/** On the node of the pod that is asked, before it routes. */
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const [client, pod] = [healthy.pod('B'), healthy.pod('A')];
const flow: Flow = { from: client.scope, to: pod.address, protocol: 'tcp', port: 80, sport: 40_001 };

type Own = Pick<Socket, 'protocol' | 'state' | 'local' | 'remote' | 'transparent' | 'mark'>;

const local = (address: string, port = 80) => ({ address: ip`${address}`, port, dev: null });
const onAll: Own = { protocol: 'tcp', state: 'LISTEN', local: local('0.0.0.0'), remote: null };
const onOne: Own = { ...onAll, local: local(pod.address) };
const connected: Own = { ...onOne, state: 'ESTAB', remote: { address: client.address, port: 40_001 } };

const rest = { family: 4, v6Only: undefined, recvQ: 0, sendQ: 128, timer: null, process: null, inode: 7, uid: 0, tcp: null } as const;

/** What comes of a packet that a rule drops where the match holds, with a socket on the node of the pod that is asked. */
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

/** Measured on Linux 5.10 (mangle PREROUTING, `-p udp -m socket --nowildcard`): of 18 datagrams that came in by parts of a VRF it counted each twice. */
test('what comes in by a VRF meets sockets outside it too, whoever may take it (nf_socket_get_sock_v4)', () => {
  const vrf = { type: 'vrf', upper: { kind: 'vrf', table: '10' } } as const;
  const built = healthy.put('socket', scope, { ...rest, ...onAll }).link(scope, 'flannel.1', { ...vrf, vxlan: null });
  const stack = worldOf(built.sysctl(scope, 'net.ipv4.tcp_l3mdev_accept', 0).facts).stack(scope);
  const device = stack?.link('flannel.1');
  assert.ok(stack !== undefined && device !== undefined);
  const packet = packetOf(worldOf(built.facts), flow);
  assert.notEqual(socketMet({ stack, packet, track: null, in: device }), null);
});

test('whether a socket is transparent decides with --transparent, and is unknown where it was not captured (inet_sk_transparent)', () => {
  assert.equal(works('-m socket --transparent', null), 'yes');
  assert.equal(works('-m socket --transparent', onAll), 'yes');
  assert.equal(works('-m socket --transparent', onOne), 'unknown');
  assert.equal(works('-m socket --transparent', { ...onOne, transparent: true }), 'no');
  assert.equal(works('-m socket --transparent', { ...onOne, transparent: false }), 'yes');
  assert.equal(works('-m socket --transparent --nowildcard', { ...onAll, transparent: true }), 'no');
});

test("--restore-skmark gives the packet the socket's mark (sk_mark)", () => {
  const marked = (own: Own) => {
    const ruled = healthy
      .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -m socket --nowildcard --restore-skmark', 0)
      .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -m mark --mark 0x4 -j DROP', 1)
      .put('socket', scope, { ...rest, ...own });
    return trace(worldOf(ruled.facts), flow).outcomes[0]?.works;
  };
  assert.equal(marked(onAll), 'unknown');
  assert.equal(marked({ ...onAll, mark: 4 }), 'no');
  assert.equal(marked({ ...onAll, mark: 0 }), 'yes');
});

/** Linux 6.18: of 999 datagrams through `-m statistic --mode nth --every 3 -m socket --nowildcard --restore-skmark` 333 had the mark. */
test('what is asked before --restore-skmark decides whether the packet gets the mark (xt_socket.c, xt_statistic.c)', () => {
  const ends = (before: string) => {
    const ruled = healthy
      .rule(scope, 'mangle', `-A PREROUTING -i flannel.1 ${before} -m socket --nowildcard --restore-skmark`, 0)
      .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -m mark --mark 0x4 -j DROP', 1)
      .put('socket', scope, { ...rest, ...onAll, mark: 4 });
    return trace(worldOf(ruled.facts), flow).outcomes.map(({ works, probability }) => [works, probability?.toFixed(2)]);
  };
  assert.deepEqual(ends('-p udp'), [['yes', '1.00']]);
  assert.deepEqual(ends('-m statistic --mode nth --every 3 --packet 0'), [
    ['no', '0.33'],
    ['yes', '0.67'],
  ]);
  assert.deepEqual(
    ends('-m u32 --u32 "0=0"').map(([works]) => works),
    ['unknown'],
  );
  assert.deepEqual(ends('-m statistic --mode nth --every 3 --packet 0 -p udp'), [['yes', '1.00']]);
});

/** Linux 6.18: a datagram with mark 255 for a socket without one came out of `-m socket --nowildcard --restore-skmark -m recent --rcheck …`, which did not hold, with mark 0. */
test('a match that fails behind --restore-skmark does not take the mark back (socket_mt6_v1_v2_v3)', () => {
  const ends = (own: Own, before = '') => {
    const ruled = healthy
      .rule(scope, 'mangle', `-A PREROUTING -i flannel.1 ${before} -m socket --nowildcard --restore-skmark -m tcp --dport 99`, 0)
      .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -m mark --mark 0x4 -j DROP', 1)
      .put('socket', scope, { ...rest, ...own });
    return trace(worldOf(ruled.facts), flow).outcomes.map(({ works }) => works);
  };
  assert.deepEqual(ends({ ...onAll, mark: 4 }), ['no']);
  assert.deepEqual(ends({ ...onAll, mark: 0 }), ['yes']);
  assert.deepEqual(ends(onAll), ['unknown']);
  assert.deepEqual(ends({ ...onAll, mark: 4 }, '-m u32 --u32 "0=0"'), ['unknown']);
  assert.deepEqual(ends({ ...onAll, local: local('0.0.0.0', 81) }), ['yes']);
});

const asks = (expression: string): string | undefined => {
  const text = `table inet t {\nchain pre {\ntype filter hook prerouting priority -150;\niifname "flannel.1" ${expression} drop\n}\n}\n`;
  const transparent = { ...rest, ...onAll, transparent: true, mark: 4 };
  const [outcome] = trace(worldOf(withNft(healthy.put('socket', scope, transparent), scope, text).facts), flow).outcomes;
  return outcome?.works;
};

test('nft asks the same socket; where there is none nothing holds (nft_socket_eval)', () => {
  for (const holds of ['socket transparent 1', 'socket wildcard 1', 'socket mark 0x4', 'socket mark & 4 == 4'])
    assert.equal(asks(holds), 'no', holds);
  for (const other of ['socket transparent 0', 'socket wildcard 0', 'socket mark 0x2']) assert.equal(asks(other), 'yes', other);
  assert.equal(asks('tcp dport 81 socket wildcard 1'), 'yes');
});

/** Linux 6.18: a SYN to a listener on all addresses did not match, an ACK and a reset after it did, another reset and SYN did not. */
test('the request that a SYN left behind matches until a bare reset takes it away (tcp_conn_request, tcp_check_req)', () => {
  const listening = healthy.put('socket', pod.scope, { ...rest, ...onAll });
  const open = worldOf(listening.facts);
  const matching = worldOf(listening.rule(pod.scope, 'mangle', '-A PREROUTING -m socket -j DROP', 0).facts);
  const deaf = worldOf(listening.rule(client.scope, 'filter', '-A INPUT -j DROP', 0).facts);
  const syn = packetOf(open, flow);
  const reset: Packet = { ...syn, tcp: { syn: false, ack: false, rst: true, fin: false } };
  const sent = (world: World, packet: Packet, state: State) =>
    exchange(world, { from: client.scope, packet, socket: 'raw' }, state)?.branches[0]?.result ?? assert.fail();
  const endOf = (packet: Packet, state: State) => sent(matching, packet, state).walks[0]?.disposition;
  const half = sent(deaf, syn, FRESH).state;
  const after = sent(deaf, reset, half).state;
  assert.deepEqual([endOf(syn, FRESH), endOf(reset, half), endOf(syn, after)], ['delivered', 'dropped', 'delivered']);
  assert.equal(endOf(reset, sent(open, syn, FRESH).state), 'delivered', "the sender's own kernel has reset it");
});

/** Linux 6.18, scene filter:s12.13@1: 15 resets about a SYN-ACK of what TPROXY had led to port 443 met a transparent socket of port 53. */
test('the request that a SYN left behind at a listener of another port is met by the port that it was sent to (tproxy_tg4)', () => {
  const led = healthy
    .put('rule', scope, { ...PLAIN_RULE, priority: 100, mark: { value: 1, mask: 0xffffffff }, action: { does: 'lookup', table: '100' } })
    .put('route', scope, plainRoute(cidr`0.0.0.0/0`, 'lo', { type: 'local', table: '100' }))
    .put('socket', scope, { ...rest, ...onAll, local: local('0.0.0.0', 7777), transparent: true })
    .rule(scope, 'mangle', '-A PREROUTING -i flannel.1 -p tcp -m tcp --dport 80 -j TPROXY --on-port 7777 --tproxy-mark 0x1/0x1', 0);
  const deaf = worldOf(led.rule(client.scope, 'filter', '-A INPUT -j DROP', 0).facts);
  const asking = worldOf(led.rule(scope, 'raw', '-A PREROUTING -i flannel.1 -p tcp -m socket --transparent -j DROP', 0).facts);
  const syn = packetOf(deaf, flow);
  const reset: Packet = { ...syn, tcp: { syn: false, ack: false, rst: true, fin: false } };
  const ends = (world: World, packet: Packet, state: State) =>
    exchange(world, { from: client.scope, packet, socket: 'raw' }, state)?.branches[0]?.result ?? assert.fail();
  const opened = ends(deaf, syn, FRESH);
  assert.equal(opened.walks[0]?.at.netns, scope.netns);
  assert.equal(ends(asking, reset, opened.state).walks[0]?.disposition, 'dropped');
  assert.notEqual(ends(asking, syn, FRESH).walks[0]?.disposition, 'dropped');
});
