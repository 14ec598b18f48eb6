import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const old = cluster({ nodes: 1, podsPerNode: 2 });
const healthy = old.change(
  'host',
  old.node('A').scope,
  () => true,
  (fact) => ({ ...fact, kernel: '6.18.44' }),
);
const [client, server] = [healthy.pod('A', 0), healthy.pod('A', 1)];
const USER = 1234;

/** The server with listeners of these users on one port. */
const listening = (...users: readonly number[]): BuiltCluster => among(healthy, users);
const among = (cluster: BuiltCluster, users: readonly number[]): BuiltCluster =>
  users.reduce(
    (built, uid, inode) =>
      built.put('socket', server.scope, {
        ...{ protocol: 'tcp', family: 4, state: 'LISTEN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 128 },
        local: { address: ip`0.0.0.0`, port: 8080, dev: null },
        ...{ timer: undefined, process: undefined, inode: inode + 1, uid, tcp: undefined },
      }),
    cluster,
  );

type Flags = 'S' | 'A';
/** What became of the answer to a segment, as far as that is known. */
function answer(built: BuiltCluster, flags: Flags, port = 8080): string | undefined {
  const world = worldOf(built.facts);
  const tcp = { syn: flags === 'S', ack: flags === 'A', rst: false, fin: false };
  const packet = { ...packetOf(world, { from: client.scope, to: server.address, protocol: 'tcp', port }), tcp };
  const { branches = [] } = exchange(world, { from: client.scope, packet }, FRESH) ?? {};
  return branches.length === 1 ? branches[0]?.result.walks[1]?.reason.code : undefined;
}

const owned = (built: BuiltCluster, asked: string): BuiltCluster =>
  built.rule(server.scope, 'filter', `-A OUTPUT -p tcp -m owner --uid-owner ${asked} -j DROP`);
const nftOwned = (built: BuiltCluster, asked: string): BuiltCluster =>
  withNft(built, server.scope, `table inet t {\nchain out {\ntype filter hook output priority 0; policy accept;\n${asked} drop\n}\n}\n`);
const routed = (built: BuiltCluster, user: number): BuiltCluster => {
  const to = cidr`${client.address}/32`;
  return built.put('rule', server.scope, { ...PLAIN_RULE, priority: 100, uidRange: [user, user], to, action: { does: 'blackhole' } });
};

/** Measured on Linux 6.18: rules with a listener of user 1234, a SYN and a bare ACK sent to it; iptables and nft alike. */
test("a listener's owner is that of its answers, a reset included (tcp_make_synack, tcp_v4_send_reset)", () => {
  const one = listening(USER);
  for (const flags of ['S', 'A'] as const) {
    assert.equal(answer(one, flags), 'NO_SOCKET');
    assert.equal(answer(owned(one, `${USER}`), flags), 'NETFILTER_DROP');
    assert.equal(answer(owned(one, '0'), flags), 'NO_SOCKET');
    assert.equal(answer(nftOwned(one, `meta skuid ${USER}`), flags), 'NETFILTER_DROP');
    assert.equal(answer(nftOwned(one, 'meta skuid 0'), flags), 'NO_SOCKET');
  }
  const before = among(old, [USER]);
  for (const ruled of [owned(before, `${USER}`), nftOwned(before, `meta skuid ${USER}`)]) {
    assert.equal(answer(ruled, 'S'), 'NETFILTER_DROP');
    assert.equal(answer(ruled, 'A'), 'NO_SOCKET', "before Linux 6.13 a reset is nobody's");
  }
});

/** Linux 6.18: a bare ACK to 30080, led to a listener of user 0; rules of mangle and of filter counted its reset. By TPROXY: scene filter:s11.379. */
test('a reset is of the socket that took the packet, whatever port it was sent to (tcp_v4_send_reset)', () => {
  const led = listening(USER).rule(server.scope, 'nat', '-A PREROUTING -p tcp --dport 30080 -j REDIRECT --to-ports 8080');
  for (const flags of ['S', 'A'] as const) {
    assert.equal(answer(owned(led, `${USER}`), flags, 30_080), 'NETFILTER_DROP');
    assert.equal(answer(owned(led, '0'), flags, 30_080), 'NO_SOCKET');
    assert.equal(answer(nftOwned(led, `meta skuid ${USER}`), flags, 30_080), 'NETFILTER_DROP');
  }
  const rejecting = listening(USER).rule(server.scope, 'filter', '-A INPUT -p tcp -j REJECT --reject-with tcp-reset');
  assert.equal(answer(owned(rejecting, `${USER}`), 'A'), 'NO_SOCKET', 'that of a rule is of no socket (nf_send_reset)');
});

test('of which of several users a shared port is, and of which group a listener, is not told', () => {
  for (const built of [owned(listening(USER, 0), `${USER}`), nftOwned(listening(USER), 'meta skgid 7')])
    assert.equal(answer(built, 'S'), undefined);
  assert.equal(answer(owned(listening(USER, 0), '7 --gid-owner 7'), 'S'), undefined);
  assert.equal(answer(owned(listening(USER), '7 --gid-owner 7'), 'S'), 'NO_SOCKET', 'of another user, whatever its group');
});

/** Measured on Linux 6.18: `ip rule add uidrange 1234-1234 blackhole` swallows its SYN-ACK and its reset, `uidrange 0-0` neither. */
test("what is answered in a listener's name is routed by its user (inet_csk_route_req)", () => {
  const one = listening(USER);
  for (const flags of ['S', 'A'] as const) {
    assert.equal(answer(routed(one, USER), flags), 'IP_OUTNOROUTES');
    assert.equal(answer(routed(one, 0), flags), 'NO_SOCKET');
  }
});
