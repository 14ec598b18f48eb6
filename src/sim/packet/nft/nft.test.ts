import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { type ChoicePoint, forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { type Flow, packetOf, trace } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const A = healthy.node('A');
const pod = healthy.pod('A');
const flow: Flow = { from: healthy.pod('B').scope, to: pod.address, protocol: 'tcp', port: 80 };

const chain = (body: string, hook = 'forward', priority = '0', type = 'filter'): string =>
  `chain ${hook} {\ntype ${type} hook ${hook} priority ${priority}; policy accept;\n${body}\n}\n`;

const table = (...parts: readonly string[]): string => `table inet t {\n${parts.join('')}}\n`;

const ask = (built: BuiltCluster, asked: Partial<Flow> = {}) => trace(worldOf(built.facts), { ...flow, ...asked }).outcomes;
const on = (ruleset: string, asked: Partial<Flow> = {}) => ask(withNft(healthy, A.scope, ruleset), asked);

/** Whether a rule before a drop matches the packet. */
const matches = (match: string, asked: Partial<Flow> = {}, hook = 'forward'): boolean =>
  on(table(chain(`${match} drop`, hook)), asked)[0]?.reason.code === 'NETFILTER_DROP';

test('what a rule compares', () => {
  for (const match of [
    'tcp dport 80',
    'tcp dport { 22, 70-90 }',
    'tcp dport != 81',
    'th dport 80',
    'meta l4proto tcp',
    `ip daddr ${pod.address}`,
    `ip daddr { ${pod.address}, 192.0.2.1 }`,
    `ip daddr . tcp dport { ${pod.address} . 80 }`,
    'tcp flags syn / fin,syn,rst,ack',
    'tcp flags syn',
    'tcp flags ! fin,rst',
    'ct state new',
    'ct state { new, established }',
    'iifname "flannel*"',
    'oifname "cni0"',
    'fib daddr type unicast',
    'fib saddr . iif oif exists',
    'meta mark & 0xff == 0',
    'ip ttl <= 64',
    'ip frag-off & 0x1fff == 0',
    '@th,16,16 80',
    '@th,0,32 & 0xffff == 80',
    '@ll,48,64 & 0xffff == 0x800',
    'exthdr frag exists return', // no IPv6 packet
  ]) {
    assert.equal(matches(match), !match.startsWith('exthdr'), match);
  }
});

test('what a rule does not compare as equal', () => {
  for (const match of [
    'udp dport 80',
    'udp dport != 81',
    'ip6 daddr fd00::1',
    'icmp type echo-request',
    'ct state established',
    'ct mark 1',
    '@ll,48,64 0x2000000020286dd', // ether saddr and type, as nft prints both in one
  ]) {
    assert.equal(matches(match), false, match);
  }
});

test("a connection's address that is asked for by the other family's name is neither equal nor unequal (nft_ct_get_eval)", () => {
  for (const match of [`ct original ip daddr ${pod.address}`, 'ct original ip daddr != 192.0.2.1', `ct original daddr ${pod.address}`])
    assert.ok(matches(match), match);
  for (const match of ['ct original ip6 daddr fd00::1', 'ct original ip6 daddr != fd00::1', 'ct reply ip6 saddr != fd00::1'])
    assert.ok(!matches(match), match);
});

test('named sets, maps of verdicts and chains that are jumped to', () => {
  const parts = [
    'set ports {\ntype inet_service\nflags interval\nelements = { 22, 80-90 }\n}\n',
    'map verdicts {\ntype ipv4_addr . inet_service : verdict\nelements = { 192.0.2.1 . 80 : accept,\n' +
      `${pod.address} . 80 : jump refuse }\n}\n`,
    'chain refuse {\ntcp dport @ports reject with tcp reset\n}\n',
  ];
  const [outcome] = on(table(...parts, chain('ip daddr . tcp dport vmap @verdicts')));
  assert.equal(outcome?.disposition, 'rejected');
  assert.equal(outcome?.answer.kind, 'rst');
  assert.match(outcome?.reason.says ?? '', /tcp-reset/);
});

test('accept ends one base chain, not the next; goto does not come back', () => {
  const first = 'chain a {\ntype filter hook forward priority -5; policy accept;\naccept\ndrop\n}\n';
  const second = 'chain b {\ntype filter hook forward priority 5; policy accept;\ngoto c\ndrop\n}\n';
  assert.equal(on(table(first, second, 'chain c {\nreturn\n}\n'))[0]?.works, 'yes');
  assert.equal(on(table(first, second, 'chain c {\ndrop\n}\n'))[0]?.works, 'no');
});

test('chance splits the way by its share', () => {
  const outcomes = on(table(chain('numgen random mod 4 vmap { 0 : drop, 1-3 : accept }')));
  const dropped = outcomes.filter(({ reason }) => reason.code === 'NETFILTER_DROP').reduce((sum, one) => sum + (one.probability ?? 0), 0);
  // there, and the answer back
  assert.ok(Math.abs(dropped - 0.25) < 1e-9);
  assert.equal(on(table(chain('numgen random mod 4 < 4 drop')))[0]?.works, 'no');
  // as nft 1.0.6 lists two conditions in a row
  assert.equal(on(table(chain('numgen random mod 4 3-1 drop')))[0]?.works, 'unknown');
});

test('a rule that is not understood is unknown only to what reaches it', () => {
  assert.equal(on(table(chain('tcp dport 81 ip id 7 drop')))[0]?.works, 'yes');
  assert.equal(on(table(chain('tcp dport 80 ip id 7 drop')))[0]?.works, 'unknown');
  assert.equal(on(table(chain('limit rate 1/second drop')))[0]?.works, 'unknown');
  assert.equal(on(table(chain('limit rate 1/second log prefix "x"')))[0]?.works, 'yes');
});

/** Of `tcp dport < 80 ip ttl > 45` nft 1.0.6 lists this, in JSON too; `nft --debug=netlink` shows both conditions. */
test('two conditions that nft lists as one range are not known', () => {
  assert.equal(on(table(chain('ip ttl != 80-45 drop')))[0]?.works, 'unknown');
  assert.equal(on(table(chain('ip ttl != 45-80 drop')))[0]?.works, 'yes');
});

test('a rule that writes to the connection of a packet that has none goes on (nft_ct_set_eval), one that reads from it does not', () => {
  const untracked = (rule: string) => on(table(chain('notrack', 'prerouting', '-300'), chain(rule)))[0]?.works;
  assert.equal(untracked('ct mark set 0x1 drop'), 'no');
  assert.equal(untracked('ct mark set ct mark | 0x1 drop'), 'yes');
});

test('dormant tables are not asked', () => {
  assert.equal(on(table('flags dormant\n', chain('drop')))[0]?.works, 'yes');
});

test('dnat by a map, and the mark that has a filtering chain masquerade', () => {
  const service = ip`10.96.7.7`;
  const ruleset = table(
    chain(`ip daddr ${service} dnat ip to tcp dport map { 81 : ${pod.address}, 82 : 192.0.2.9 }`, 'output', '-100', 'nat'),
    chain('tcp dport 81 meta mark set meta mark | 0x4000', 'prerouting', '-10'),
  );
  const [outcome] = ask(withNft(healthy, healthy.node('B').scope, ruleset), { from: healthy.node('B').scope, to: service, port: 81 });
  assert.equal(outcome?.received.destination, pod.address);
});

test('only a chain of type route has the packet routed anew', () => {
  const built = healthy.put('rule', healthy.node('B').scope, {
    family: 4,
    priority: 100,
    mark: { value: 7, mask: 0xffffffff },
    action: { does: 'blackhole' },
  } as never);
  const ends = (type: string) =>
    ask(withNft(built, healthy.node('B').scope, table(chain('meta mark set 0x7', 'output', '-150', type))), {
      from: healthy.node('B').scope,
      to: A.address,
    })[0]?.works;
  assert.equal(ends('filter'), 'yes');
  assert.equal(ends('route'), 'no');
});

test('two that hang at the same priority: which comes first matters only where they answer otherwise', () => {
  const rejecting = `table ip one {\n${chain('tcp dport 80 reject')}}\n`;
  const dropping = `table ip two {\n${chain('tcp dport 80 drop')}}\n`;
  const built = withNft(withNft(healthy, A.scope, rejecting), A.scope, dropping);
  const [outcome] = ask(built);
  assert.equal(outcome?.disposition, 'unknown');
  assert.equal(outcome?.works, 'no');
  assert.match(outcome?.reason.says ?? '', /same priority/);
  assert.equal(ask(built, { port: 81 })[0]?.works, 'yes');
});

test('of two at the same priority the one that only looked may have counted a packet that the other ended', () => {
  const looking = `table ip one {\n${chain('tcp dport 80 counter\ntcp dport 80 counter')}}\n`;
  const dropping = `table ip two {\n${chain('tcp dport 80 drop')}}\n`;
  const [outcome] = ask(withNft(withNft(healthy, A.scope, dropping), A.scope, looking));
  assert.equal(outcome?.disposition, 'dropped');
  const steps = outcome.hops.flatMap((hop) => hop.steps).filter(({ says }) => says.includes('ip one'));
  assert.deepEqual(
    steps.map(({ counted, mayCount = [] }) => [counted.length, mayCount.length > 0]),
    [[0, true]],
  );
});

test('of two that translate at the same priority the one that only looked may have counted what the other bound', () => {
  const looking = `table ip one {\n${chain('tcp dport 80 counter\ntcp dport 80 counter', 'prerouting', '-120', 'nat')}}\n`;
  const binding = `table ip two {\n${chain('tcp dport 80 dnat to 10.100.54.9', 'prerouting', '-120', 'nat')}}\n`;
  for (const [first, second] of [[binding, looking] as const, [looking, binding] as const]) {
    const [outcome] = ask(withNft(withNft(healthy, A.scope, first), A.scope, second));
    const steps = outcome?.hops.flatMap((hop) => hop.steps) ?? [];
    const looked = steps.filter(({ says }) => says.includes('ip one')).flatMap(({ counted }) => counted);
    assert.deepEqual([looked.length, steps.flatMap(({ mayCount = [] }) => mayCount).length], [0, 2]);
  }
});

test('of two that translate at the same priority it is asked who comes first only where they come to something else', () => {
  const table = (name: string, rule: string) => `table ip ${name} {\n${chain(rule, 'prerouting', '-120', 'nat')}}\n`;
  const binding = table('one', 'tcp dport 80 dnat to 10.100.54.9');
  const asked = (other: string) =>
    [`${binding}${table('two', other)}`, `${table('two', other)}${binding}`].map((text) => {
      const world = worldOf(withNft(healthy, A.scope, text).facts);
      let orders = 0;
      const pick = ({ of }: ChoicePoint): number => (of === 'order' ? orders++ : 0);
      send(world, flow.from, packetOf(world, flow), FRESH, { pick }, 0);
      return orders;
    });
  assert.deepEqual(asked('tcp dport 81 dnat to 10.100.54.8'), [0, 0]);
  assert.deepEqual(asked('tcp dport 80 dnat to 10.100.54.9'), [0, 0], 'both want the same');
  assert.deepEqual(asked('tcp dport 80 dnat to 10.100.54.8'), [1, 1]);
  for (const mark of ['ct mark', 'meta mark'])
    assert.deepEqual(asked(`tcp dport 80 ${mark} set 0x9`), [1, 1], 'behind a binding it is not asked');
});

test('what a chain would write to a connection that another one bound before it is not written', () => {
  const writing = `table ip one {\n${chain('tcp dport 80 ct mark set 0x9', 'prerouting', '-120', 'nat')}}\n`;
  const binding = `table ip two {\n${chain('tcp dport 80 ct mark set 0x7 dnat to 10.100.54.9', 'prerouting', '-120', 'nat')}}\n`;
  const world = worldOf(withNft(withNft(healthy, A.scope, writing), A.scope, binding).facts);
  const { state } = send(world, flow.from, packetOf(world, flow), FRESH, forced(new Map()), 0);
  const tracked = [...(state.connections.get('A\0')?.values() ?? [])].filter(({ original }) => original.destinationPort === 80);
  assert.deepEqual(
    tracked.map(({ mark }) => mark),
    [7],
  );
});

test('of two at the same priority one that could write matters only to packets that it writes to (nf_hook_entries_grow)', () => {
  const writing = `table ip one {\n${chain('tcp dport 80 meta mark set 0x4')}}\n`;
  const reading = `table ip two {\n${chain('meta mark 0x4 drop')}}\n`;
  const built = withNft(withNft(healthy, A.scope, writing), A.scope, reading);
  const ends = (port: number) => ask(built, { port }).map(({ works }) => works);
  assert.deepEqual(ends(80), ['unknown']);
  assert.deepEqual(ends(81), ['yes']);
});

test('of two at the same priority that write different things nobody is asked who comes first', () => {
  const marking = `table ip one {\n${chain('tcp dport 80 meta mark set 0x4')}}\n`;
  const classing = `table ip two {\n${chain('tcp dport 80 ip dscp set cs1\nnumgen random mod 4 0 drop')}}\n`;
  const outcomes = ask(withNft(withNft(healthy, A.scope, marking), A.scope, classing));
  assert.deepEqual(new Set(outcomes.flatMap(({ choices }) => choices.map(({ of }) => of))), new Set(['numgen']));
  const works = outcomes.reduce((sum, { works: is, probability }) => sum + (is === 'yes' ? (probability ?? 0) : 0), 0);
  assert.equal(works, 0.75 ** 2, 'the dice fall once for the packet and once for its acknowledgement');
});

test('tables that were not read may hold anything', () => {
  const [outcome] = ask(healthy.without('nft', A.scope));
  assert.equal(outcome?.works, 'unknown');
  assert.match(outcome?.reason.says ?? '', /nft/);
});

test('chains that lead in circles, which no kernel loads, end in the circle (nft_chain_validate)', () => {
  const ended = (...chains: readonly string[]) => {
    const [outcome] = on(table(...chains, chain('tcp dport 80 jump one')));
    return [outcome?.disposition, outcome?.reason.says.split(': ').at(-1)];
  };
  assert.deepEqual(ended('chain one {\njump two\n}\n', 'chain two {\njump one\n}\n'), ['looped', 'one → two → one']);
  assert.deepEqual(ended('chain one {\ngoto two\n}\n', 'chain two {\ngoto one\n}\n'), ['looped', 'one → two → one']);
});

/** nft 1.0.6, `--debug=netlink`: `tcp sport != 80 tcp dport != 90` is one comparison of four bytes, of which the ruleset shows two. */
test('whether neighbouring fields were compared in one no listing tells: it matters only to packets of which one field differs', () => {
  const ends = (rule: string, more: Partial<Flow> = {}) =>
    ask(withNft(healthy, A.scope, table(chain(`iifname "flannel.1" ${rule} drop`))), { port: 80, sport: 40001, ...more })[0]?.works;
  assert.equal(ends('tcp sport != 40001 tcp dport != 90'), 'unknown');
  assert.equal(ends('tcp sport != 40002 tcp dport != 90'), 'no');
  assert.equal(ends('tcp sport != 40001 tcp dport != 80'), 'yes');
  assert.equal(ends(`ip saddr != 10.0.0.1 ip daddr != ${flow.to}`), 'yes', 'addresses stay apart');
  assert.equal(ends('tcp sport != 40001 tcp dport != { 90, 91 }'), 'yes', 'sets do, too');
});

test('which chunks a packet of SCTP has, and its tag (nft_exthdr_sctp_eval); a packet of another protocol has none of them', () => {
  const sctp = { protocol: 'sctp', port: 9999 } as const; // a flow begins with an INIT
  for (const match of ['sctp chunk init exists', 'sctp chunk data missing', 'sctp vtag 0', 'sctp dport 9999'])
    assert.equal(matches(match, sctp), true, match);
  for (const match of ['sctp chunk init missing', 'sctp chunk cookie-echo exists', 'sctp vtag 7'])
    assert.equal(matches(match, sctp), false, match);
  assert.deepEqual(
    ['sctp chunk init exists', 'sctp chunk init missing'].map((match) => matches(match)),
    [false, true],
  );
});
