import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import type { TracedOutcome } from './outcome.ts';
import { type Flow, trace } from './trace.ts';

// Where packets died in the real kernel: namespaces, devices and drop reasons as bpftrace saw them (docs/lab-notes).
const healthy = cluster();
const A = healthy.node('A');
const B = healthy.node('B');
const D = healthy.node('D');
const client = healthy.pod('A');
const server = healthy.pod('D');

type Seen = { works: string; disposition: string; node: string; device: string | null; code: string; answer: string };

function one(built: BuiltCluster, more: Partial<Flow> = {}): TracedOutcome {
  const { outcomes } = trace(worldOf(built.facts), { from: client.scope, to: server.address, protocol: 'icmp', ...more });
  assert.equal(outcomes.length, 1);
  return outcomes[0] as TracedOutcome;
}

function seen(built: BuiltCluster, more: Partial<Flow> = {}): Seen {
  const { works, disposition, at, reason, answer } = one(built, more);
  const told = answer.icmp === undefined ? answer.kind : `icmp ${answer.icmp.type}/${answer.icmp.code} ${answer.icmp.from} ${answer.after}`;
  return { works, disposition, node: at.node, device: at.device, code: reason.code, answer: told };
}

const dead = (node: string, device: string, code: string, disposition = 'dropped', answer = 'silence'): Seen => ({
  works: 'no',
  disposition,
  node,
  device,
  code,
  answer,
});

test('ip_forward off at the receiver: IP_INADDRERRORS at its tunnel, silently', () => {
  assert.deepEqual(seen(healthy.sysctl(D.scope, 'net.ipv4.conf.flannel/1.forwarding', 0)), dead('D', 'flannel.1', 'IP_INADDRERRORS'));
});

test('FORWARD policy DROP without an accepting rule', () => {
  const strict = healthy.policy(D.scope, 'filter', 'FORWARD', 'DROP');
  assert.equal(one(strict).works, 'yes', 'FLANNEL-FWD accepts');
  const bare = strict.change(
    'iptables',
    D.scope,
    ({ table }) => table === 'filter',
    (fact) => ({
      ...fact,
      chains: fact.chains.map((chain) => (chain.name === 'FLANNEL-FWD' ? { ...chain, rules: [] } : chain)),
    }),
  );
  assert.deepEqual(seen(bare), dead('D', 'flannel.1', 'NETFILTER_DROP'));
});

test('a stale VTEP MAC: OTHERHOST at the receiver, whichever way one asks', () => {
  const stale = mac`02:de:ad:00:41:01`;
  const broken = healthy
    .change('neighbour', A.scope, ({ dev, address }) => dev === 'flannel.1' && address === D.vtepAddress, { mac: stale })
    .change('fdb', A.scope, ({ dev, dst }) => dev === 'flannel.1' && dst === D.address, { mac: stale });
  assert.deepEqual(seen(broken), dead('D', 'flannel.1', 'OTHERHOST'));
  const back = one(broken, { from: server.scope, to: client.address });
  assert.equal(back.works, 'no');
  assert.equal(back.reply?.reason.code, 'OTHERHOST');
});

test('no neighbour on the tunnel: host unreachable from the sender after three seconds', () => {
  const broken = healthy.drop('neighbour', A.scope, ({ dev, address }) => dev === 'flannel.1' && address === D.vtepAddress);
  assert.deepEqual(seen(broken), dead('A', 'flannel.1', 'NEIGH_FAILED', 'unreachable', `icmp 3/1 ${A.gateway} 3000`));
});

test('no FDB entry: NO_TX_TARGET', () => {
  const broken = healthy.drop('fdb', A.scope, ({ dev, dst }) => dev === 'flannel.1' && dst === D.address);
  assert.deepEqual(seen(broken), dead('A', 'flannel.1', 'NO_TX_TARGET'));
  assert.ok(one(broken).reason.by.every(({ absent }) => absent === true));
});

test('an FDB entry to a live wrong machine: OTHERHOST there; to nobody: outside the model, or NEIGH_FAILED where that was seen', () => {
  const point = (to: string): BuiltCluster =>
    healthy.change(
      'fdb',
      A.scope,
      ({ dev, dst }) => dev === 'flannel.1' && dst === D.address,
      (fact) => ({ ...fact, dst: ip`${to}` }),
    );
  assert.deepEqual(seen(point(B.address)), dead('B', 'flannel.1', 'OTHERHOST'));
  assert.equal(seen(point('192.168.1.99')).disposition, 'left the model');
  const failed = point('192.168.1.99').put('neighbour', A.scope, {
    dev: 'ens3',
    address: ip`192.168.1.99`,
    mac: null,
    state: 'failed',
    proxy: false,
  });
  assert.deepEqual(seen(failed), dead('A', 'ens3', 'NEIGH_FAILED', 'unreachable'));
});

test('no route: net unreachable at once', () => {
  assert.deepEqual(
    seen(healthy.drop('route', A.scope, ({ to }) => to === D.subnet).drop('route', A.scope, ({ to }) => to === cidr`0.0.0.0/0`)),
    dead('A', 'cni0', 'IP_INNOROUTES', 'unreachable', `icmp 3/0 ${A.gateway} 0`),
  );
});

test('a blackhole route drops, an unreachable one answers', () => {
  const typed = (type: 'blackhole' | 'unreachable'): BuiltCluster =>
    healthy.change(
      'route',
      A.scope,
      ({ to }) => to === D.subnet,
      (fact) => ({ ...fact, type, hops: [] }),
    );
  assert.equal(seen(typed('blackhole')).answer, 'silence');
  assert.equal(seen(typed('unreachable')).answer, `icmp 3/1 ${A.gateway} 0`);
});

test('VNI, port, and a tunnel that is down are told apart', () => {
  const vxlan = (change: object): BuiltCluster =>
    healthy.change('link', D.scope, 'flannel.1', (fact) => ({
      ...fact,
      vxlan: { ...(fact.vxlan as NonNullable<typeof fact.vxlan>), ...change },
    }));
  assert.deepEqual(seen(vxlan({ vni: 42 })), dead('D', 'ens3', 'VXLAN_VNI_NOT_FOUND'));
  assert.deepEqual(seen(vxlan({ port: 4789 })), dead('D', 'ens3', 'NO_SOCKET', 'no listener'));
  assert.deepEqual(seen(healthy.link(D.scope, 'flannel.1', { up: false })), dead('D', 'ens3', 'NO_SOCKET', 'no listener'));
});

test('UDP filtered at the receiver', () => {
  const broken = healthy.rule(D.scope, 'filter', '-A INPUT -p udp -m udp --dport 8472 -j DROP', 0);
  assert.deepEqual(seen(broken), dead('D', 'ens3', 'NETFILTER_DROP'));
});

test('strict rp_filter on an asymmetric path; not where answers take the same way', () => {
  const strict = healthy.sysctl(D.scope, 'net.ipv4.conf.all.rp_filter', 1);
  assert.equal(one(strict).works, 'yes');
  const asymmetric = strict.change(
    'route',
    D.scope,
    ({ to }) => to === A.subnet,
    (fact) => ({ ...fact, hops: [{ dev: 'ens3', via: A.address, onlink: false, weight: 1, dead: false }] }),
  );
  assert.deepEqual(seen(asymmetric), dead('D', 'flannel.1', 'IP_RPFILTER'));
  assert.equal(one(asymmetric.sysctl(D.scope, 'net.ipv4.conf.flannel/1.rp_filter', 2)).reason.code, 'DELIVERED', 'loose wins over strict');
});

test('a pod without default route, with its veth down, off the bridge, or with a rule of its own', () => {
  assert.equal(seen(healthy.drop('route', server.scope, ({ to }) => to === cidr`0.0.0.0/0`)).works, 'no');
  assert.equal(one(healthy.drop('route', server.scope, ({ to }) => to === cidr`0.0.0.0/0`)).reply?.reason.code, 'IP_OUTNOROUTES');
  const down = healthy.link(D.scope, server.veth, { up: false, carrier: false }).link(server.scope, 'eth0', { carrier: false });
  assert.equal(seen(down).works, 'no');
  const off = healthy.link(D.scope, server.veth, { master: null }).drop('fdb', D.scope, ({ dev }) => dev === server.veth);
  assert.equal(seen(off).works, 'no');
  assert.equal(seen(off).code, 'NEIGH_FAILED');
  assert.deepEqual(seen(healthy.rule(server.scope, 'filter', '-A INPUT -p icmp -j DROP')), dead('D', 'eth0', 'NETFILTER_DROP'));
});

test('a pod whose neighbour nobody answers for: NEIGH_FAILED at the bridge', () => {
  const gone = healthy
    .drop('address', server.scope, ({ dev }) => dev === 'eth0')
    .drop('route', server.scope, ({ source }) => source === server.address)
    .drop('neighbour', D.scope, ({ address }) => address === server.address);
  assert.deepEqual(seen(gone), dead('D', 'cni0', 'NEIGH_FAILED', 'unreachable', `icmp 3/1 ${D.vtepAddress} 3000`));
});

test('hairpin off drops what goes back by its port; bridge-nf off lets replies pass un-NATed', () => {
  const itself = { from: client.scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 } as const;
  const own = (built: BuiltCluster): TracedOutcome | undefined =>
    trace(worldOf(built.facts), itself).outcomes.find(({ received }) => received.destination === client.address);
  const flat = healthy.link(A.scope, client.veth, {
    port: { state: 'forwarding', hairpin: false, isolated: false, learning: true, flood: true },
  });
  assert.equal(own(flat)?.reason.code, 'NOT_SPECIFIED');
  assert.equal(own(flat)?.at.device, client.veth);
  const near = { from: healthy.pod('A', 1).scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 } as const;
  const unseen = trace(worldOf(healthy.sysctl(A.scope, 'net.bridge.bridge-nf-call-iptables', 0).facts), near).outcomes.find(
    ({ received }) => received.destination === client.address,
  );
  assert.equal(unseen?.works, 'no');
  assert.equal(unseen?.reply?.received.source, client.address);
});

test('MTU: fragmentation needed from a router, a local error at the sender, silence at a bridge port', () => {
  const small = healthy.link(D.scope, 'cni0', { mtu: 1300 });
  assert.equal(seen(small, { size: 1400, df: true }).code, 'PKT_TOO_BIG');
  assert.match(seen(small, { size: 1400, df: true }).answer, /^icmp 3\/4/);
  assert.equal(seen(small, { size: 1400 }).works, 'yes', 'in pieces it fits');
  assert.equal(seen(healthy, { size: 1500, df: true }).device, 'eth0');
  const hole = healthy.link(D.scope, server.veth, { mtu: 1300 });
  assert.deepEqual(seen(hole, { size: 1400, df: true }), dead('D', server.veth, 'NOT_SPECIFIED'));
  assert.equal(seen(hole).works, 'yes');
});

test('an unmodelled match is unknown only where it matters', () => {
  const set = (rule: string): BuiltCluster => healthy.rule(D.scope, 'filter', rule, 0);
  assert.equal(seen(set('-A FORWARD -p tcp -m set --match-set blocked src -j DROP')).works, 'yes', 'another protocol');
  assert.equal(seen(set('-A FORWARD -m set --match-set allowed src -j ACCEPT')).works, 'yes', 'it would pass anyway');
  const doubtful = one(set('-A FORWARD -m set --match-set blocked src -j DROP'));
  assert.equal(doubtful.disposition, 'unknown');
  assert.equal(doubtful.works, 'unknown');
  assert.equal(doubtful.probability, 1);
  assert.match(doubtful.reason.says, /nodes\/D\/iptables-legacy-save_-c:9000: the set blocked was not read/);
});

test('what was not captured is unknown, only where it can matter', () => {
  assert.equal(one(healthy.drop('sysctl', D.scope, ({ name }) => name.endsWith('rp_filter'))).works, 'yes', 'the path is symmetric');
  assert.equal(one(healthy.without('conntrack', D.scope)).works, 'yes');
  for (const kind of ['iptables', 'route', 'rule', 'fdb', 'link'] as const) {
    assert.notEqual(one(healthy.without(kind, A.scope)).works, 'no', kind);
  }
  assert.equal(one(healthy.without('fdb', A.scope)).reason.gap?.of, 'fdb');
  assert.equal(one(healthy.without('iptables', D.scope)).disposition, 'unknown');
  assert.equal(one(healthy.withoutNode('D')).disposition, 'left the model');
});

test('a route step names the rule that chose its table, unless every namespace is born with it', () => {
  const action = { does: 'lookup', table: 'main' } as const;
  const ruled = healthy.put('rule', D.scope, { ...PLAIN_RULE, priority: 1000, from: D.subnet, action });
  const cited = ({ reply }: TracedOutcome): readonly string[] =>
    (reply?.hops ?? []).flatMap(({ at, steps }) =>
      steps.flatMap(({ element, by }) =>
        element === 'route' ? by.filter(({ kind }) => kind === 'rule').map(({ key }) => `${at.node} ${key}`) : [],
      ),
    );
  assert.deepEqual(cited(one(healthy)), []);
  assert.match(cited(one(ruled)).join(), /^D \[4,1000,/);
});
