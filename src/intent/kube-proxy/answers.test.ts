import assert from 'node:assert/strict';
import test from 'node:test';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Service } from '#facts/service/service';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { inNftMode } from '#testing/built/nft-mode';
import { cluster } from '#testing/world-builder';
import { answerOf } from './answers.ts';
import type { Backend } from './backends.ts';
import { categoriesOf } from './categories.ts';
import { frontsOf } from './fronts.ts';

type Chain = FactOf<'iptables'>['chains'][number];
type Rule = Chain['rules'][number];

const POLICY = { internal: 'Cluster', external: 'Local' } as const;

const backend = (name: string, more: Partial<Backend> = {}): Backend => ({
  address: name as Backend['address'],
  port: 80,
  ready: true,
  serving: true,
  terminating: false,
  node: 'A',
  pod: name,
  forZones: null,
  forNodes: null,
  slice: { namespace: 'default', name: 'web-1', service: 'web', ports: [], addresses: [], origin: { file: 'api/endpointslices' } },
  ...more,
});

const A = { name: 'A', zone: 'east' } as const;
const names = (list: readonly Backend[]): readonly string[] => list.map(({ address }) => address);

test('only ready ones are used while there are any', () => {
  const sorted = categoriesOf(
    [backend('r'), backend('u', { ready: false, serving: false }), backend('t', { ready: false, terminating: true })],
    POLICY,
    A,
  );
  assert.deepEqual(names(sorted.cluster), ['r']);
  assert.deepEqual(names(sorted.local), ['r']);
});

test('when none is ready, those that still serve while they terminate are used', () => {
  const sorted = categoriesOf(
    [backend('t', { ready: false, terminating: true, node: 'B' }), backend('u', { ready: false, serving: false })],
    POLICY,
    A,
  );
  assert.deepEqual([names(sorted.cluster), names(sorted.local), sorted.any], [['t'], [], true]);
  assert.equal(sorted.because, 'only terminating ones still serve');
});

test('hints for the zone are kept only where every ready one has one and some are for this zone', () => {
  const east = backend('e', { forZones: ['east'] });
  const west = backend('w', { forZones: ['west'], node: 'B' });
  assert.deepEqual(names(categoriesOf([east, west], POLICY, A).cluster), ['e']);
  assert.deepEqual(names(categoriesOf([east, west, backend('x', { node: 'C' })], POLICY, A).cluster), ['e', 'w', 'x']);
  assert.deepEqual(names(categoriesOf([east, west], POLICY, { name: 'A', zone: null }).cluster), ['e', 'w']);
  assert.deepEqual(names(categoriesOf([west], POLICY, A).cluster), ['w']);
});

test('hints for the node come before hints for the zone', () => {
  const here = backend('h', { forNodes: ['A'], forZones: ['east'] });
  const there = backend('t', { forNodes: ['B'], forZones: ['east'], node: 'B' });
  assert.deepEqual(names(categoriesOf([here, there], POLICY, A).cluster), ['h']);
});

test('nothing that serves anywhere: nobody has any', () => {
  assert.equal(categoriesOf([backend('u', { ready: false, serving: false })], POLICY, A).any, false);
});

/** What node A should answer a stranger at the load-balancer address of a guarded Service without endpoints. */
function strangerAt(facts: Facts): string | undefined {
  const [services, slices] = [facts.partition('service', CLUSTER), facts.partition('endpoints', CLUSTER)];
  assert.ok(services !== undefined && slices !== undefined);
  const loadBalancer = [{ address: ip`203.0.113.10`, hostname: null, mode: 'VIP' }] as const;
  const guarded = (services.facts as readonly Service[]).map((one) => ({
    ...one,
    policy: { ...USUAL_POLICY, loadBalancer: one.name === 'web' ? loadBalancer : [], sourceRanges: [cidr`192.0.2.0/24`] },
  }));
  const empty = facts.with({ ...services, facts: guarded } as never, { ...slices, facts: [] });
  const fronts = frontsOf(empty, 'A');
  const front = fronts.is === 'gap' ? undefined : fronts.value.find(({ kind }) => kind === 'load balancer');
  assert.ok(front !== undefined);
  const answer = answerOf(empty, 'A', front, { is: 'outside', address: ip`198.51.100.77` });
  return answer.is === 'gap' ? undefined : answer.value.is;
}

test('without endpoints a stranger is refused in iptables mode, and in nftables mode dropped by the source ranges before', () => {
  const built = cluster({ nodes: 2 });
  assert.equal(strangerAt(withApi(built)), 'reject');
  assert.equal(strangerAt(withApi(inNftMode(built))), 'drop');
});

/** Two nodes where default/web has an external address with policy Local, and its endpoints stand on one node. */
function localOn(
  endpoints: string,
  chains: (all: readonly Chain[]) => readonly Chain[] = (all) => all,
  built = cluster({ nodes: 2 }),
): Facts {
  const facts = withApi(built);
  const [services, slices, tables] = [
    facts.partition('service', CLUSTER),
    facts.partition('endpoints', CLUSTER),
    facts.partition('iptables', onNode('A')),
  ];
  assert.ok(services !== undefined && slices !== undefined && tables !== undefined);
  const local = (services.facts as readonly Service[]).map((one) => ({
    ...one,
    policy: { ...USUAL_POLICY, external: 'Local', externalIps: one.name === 'web' ? [ip`203.0.113.10`] : [] },
  }));
  const placed = (slices.facts as readonly FactOf<'endpoints'>[]).map((slice) => ({
    ...slice,
    addresses: slice.addresses.map((one) => ({ ...one, node: endpoints })),
  }));
  const ruled = (tables.facts as readonly FactOf<'iptables'>[]).map((table) => ({ ...table, chains: chains(table.chains) }));
  return facts.with({ ...services, facts: local } as never, { ...slices, facts: placed }, { ...tables, facts: ruled });
}

/** What node A should answer a source there; a gap's words where nobody knows. */
function answeredAt(facts: Facts, is: 'pod' | 'node'): string {
  const fronts = frontsOf(facts, 'A');
  const front = fronts.is === 'gap' ? undefined : fronts.value.find(({ kind }) => kind === 'external IP');
  assert.ok(front !== undefined);
  const answer = answerOf(facts, 'A', front, { is });
  return answer.is === 'gap' ? answer.gap.detail : answer.value.is;
}

const isMark = ({ source, target }: Rule): boolean => source?.not === true && target?.name === 'KUBE-MARK-MASQ';
const withRules = (change: (rule: Rule) => readonly Rule[]) => (all: readonly Chain[]) =>
  all.map((chain) => ({ ...chain, rules: chain.rules.flatMap(change) }));

test('with policy Local pods reach endpoints elsewhere only where kube-proxy was told which network is theirs', () => {
  const told = localOn('B');
  const untold = localOn(
    'B',
    withRules((rule) => (isMark(rule) ? [] : [rule])),
  );
  assert.deepEqual([answeredAt(told, 'pod'), answeredAt(told, 'node')], ['endpoints', 'endpoints']);
  assert.deepEqual([answeredAt(untold, 'pod'), answeredAt(untold, 'node')], ['drop', 'endpoints']);
});

test('where no rule tells whether it was told, what policy Local does with pods is unknown, unless it comes to the same', () => {
  const none = withRules(() => []);
  const all = withRules((rule) => [isMark(rule) ? { ...rule, source: null } : rule]);
  for (const chains of [none, all]) {
    assert.match(answeredAt(localOn('B', chains), 'pod'), /no rule of kube-proxy on A tells whether it knows what pods send/);
    assert.equal(answeredAt(localOn('B', chains), 'node'), 'endpoints');
    assert.equal(answeredAt(localOn('A', chains), 'pod'), 'endpoints');
  }
  const unread = localOn('B').without('iptables', onNode('A'));
  const rules = unread.seen('iptables', onNode('A'));
  assert.ok(rules.is === 'gap');
  assert.equal(answeredAt(unread, 'pod'), rules.gap.detail);
});

test('a rule that tells of pods tells it, also where all that comes to a cluster IP is masqueraded (syncProxyRules)', () => {
  const beside = (text: string) => (all: readonly Chain[]) =>
    withRules((rule) =>
      isMark(rule)
        ? [
            { ...rule, source: null },
            { ...rule, text, source: null, target: null },
          ]
        : [rule],
    )(all);
  const answer = (text: string): string => answeredAt(localOn('B', beside(text)), 'pod');
  assert.equal(
    answer('-A KUBE-EXT-X -s 10.244.0.0/16 -m comment --comment "pod traffic for default/web external destinations" -j KUBE-SVC-X'),
    'endpoints',
  );
  assert.equal(
    answer('-A KUBE-XLB-X -m comment --comment "Redirect pods trying to reach external loadbalancer VIP to clusterIP"'),
    'endpoints',
  );
  assert.equal(answer('-A KUBE-EXT-X -m comment --comment "masquerade LOCAL traffic for default/web external destinations"'), 'drop');
});

test('in nftables mode the marks of a Service tell it, and where there are none nobody knows', () => {
  const built = inNftMode(cluster({ nodes: 2 }));
  const tables = built.facts.partition('nft', onNode('A'));
  assert.ok(tables !== undefined);
  type Rules = FactOf<'nft'>['chains'][number]['rules'];
  const at = (change: (rules: Rules) => Rules): string => {
    const facts = tables.facts.map((table) => ({ ...table, chains: table.chains.map((one) => ({ ...one, rules: change(one.rules) })) }));
    return answeredAt(localOn('B', undefined, built.replace({ ...tables, facts })), 'pod');
  };
  const marks = ({ statements }: Rules[number]): boolean => JSON.stringify(statements).includes('mark-for-masquerade');
  assert.equal(
    at((rules) => rules),
    'endpoints',
  );
  assert.equal(
    at((rules) => rules.filter((rule) => !marks(rule))),
    'drop',
  );
  assert.match(
    at(() => []),
    /no rule of kube-proxy on A tells/,
  );
});
