import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');
const [client, pod] = [healthy.pod('B'), healthy.pod('A')];
const proxy = healthy
  .put('rule', scope, { ...PLAIN_RULE, priority: 100, mark: { value: 1, mask: 0xffffffff }, action: { does: 'lookup', table: '100' } })
  .put('route', scope, plainRoute(cidr`0.0.0.0/0`, 'lo', { type: 'local', table: '100' }));
const listening = (transparent: boolean | undefined) =>
  proxy.put('socket', scope, {
    ...{ protocol: 'udp', family: 4, state: 'UNCONN', remote: null, v6Only: undefined, recvQ: 0, sendQ: 0, timer: null },
    local: { address: ip`0.0.0.0`, port: 7777, dev: null },
    ...{ process: null, inode: 7, uid: 0, tcp: null, transparent },
  });

/** How a datagram to the pod ends by these rules of PREROUTING, and whether in the node's own namespace. */
function ends(built: ReturnType<typeof listening>, rules: string, family = 'ip'): string {
  const ruled = withNft(
    built,
    scope,
    `table ${family} t {\nchain in {\ntype filter hook prerouting priority mangle; policy accept;\n${rules}\n}\n}\n`,
  );
  const world = worldOf(ruled.facts);
  const packet = packetOf(world, { from: client.scope, to: pod.address, protocol: 'udp', port: 53 });
  const { branches = [] } = exchange(world, { from: client.scope, packet }, FRESH) ?? {};
  const found = branches.map(
    ({ result: { walks } }) => `${walks[0]?.disposition} ${walks[0]?.at.netns === scope.netns ? 'here' : 'there'}`,
  );
  return [...new Set(found)].join(' or ');
}

const led = 'udp dport 53 tproxy to :7777 meta mark set 1 accept';

test('a transparent socket takes it and the rule goes on; what none takes ends the rule (nft_tproxy_eval_v4)', () => {
  assert.equal(ends(listening(true), led), 'delivered here');
  assert.equal(ends(listening(false), led), 'no listener there');
  assert.equal(ends(listening(true), 'udp dport 53 tproxy to :7778 drop'), 'no listener there');
  assert.equal(ends(listening(true), 'udp dport 53 tproxy to :7777 drop'), 'dropped here');
});

test('what has a socket is not forwarded (ip_forward), and another family’s statement ends its rule', () => {
  assert.equal(ends(listening(true), 'udp dport 53 tproxy to :7777'), 'dropped here');
  const toward = (of: string): string => ends(listening(true), led.replace('tproxy', `tproxy ${of}`), 'inet');
  assert.deepEqual([toward('ip'), toward('ip6')], ['delivered here', 'no listener there']);
});

test('what looks at the packet’s socket then meets the one that took it (nft_socket_eval); whose that is nobody told', () => {
  assert.equal(ends(listening(true), 'udp dport 53 tproxy to :7777 socket transparent 1 meta mark set 1 accept'), 'delivered here');
  const owned = 'udp dport 53 tproxy to :7777 meta skuid 0 meta mark set 1 accept';
  assert.equal(ends(listening(true), owned), 'dropped here or delivered here');
});

test('whether an untold socket takes it is not known', () => {
  assert.match(ends(listening(undefined), led), /unknown/);
});

test('a tunnel’s packet that a rule gave to a socket is that one’s, and nobody unwraps it (inet_steal_sock)', () => {
  assert.equal(ends(listening(true), 'udp dport 8472 tproxy to :7777'), 'delivered here');
  assert.equal(ends(listening(false), 'udp dport 8472 tproxy to :7777'), 'no listener there');
});

test('no address and no port are the device’s first and the packet’s own, also where they are written as zeros (nf_tproxy_laddr4, nft_tproxy_eval_v4)', () => {
  const on = (address: Ip, port: number) =>
    listening(true).change('socket', scope, ({ inode }) => inode === 7, { local: { address, port, dev: null } });
  const first = healthy.node('A').vtepAddress;
  const to = (where: string): string => led.replace('to :7777', `ip to ${where}`);
  assert.equal(ends(on(first, 7777), to('0.0.0.0:7777')), 'delivered here');
  assert.equal(ends(on(ip`192.0.2.1`, 7777), to('0.0.0.0:7777')), 'no listener there');
  assert.equal(ends(on(ip`0.0.0.0`, 53), to(`${first}:0`)), 'delivered here');
});
