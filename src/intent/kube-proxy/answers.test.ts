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

test('with policy Local pods reach endpoints elsewhere only where kube-proxy was told which network is theirs', () => {
  const facts = withApi(cluster({ nodes: 2 }));
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
  const elsewhere = (slices.facts as readonly FactOf<'endpoints'>[]).map((slice) => ({
    ...slice,
    addresses: slice.addresses.map((one) => ({ ...one, node: 'B' })),
  }));
  const told = facts.with({ ...services, facts: local } as never, { ...slices, facts: elsewhere });
  const untold = told.with({
    ...tables,
    facts: (tables.facts as readonly FactOf<'iptables'>[]).map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({
        ...chain,
        rules: chain.rules.filter(({ source, target }) => !(source?.not === true && target?.name === 'KUBE-MARK-MASQ')),
      })),
    })),
  });
  const said = (own: Facts, is: 'pod' | 'node'): string | undefined => {
    const fronts = frontsOf(own, 'A');
    const front = fronts.is === 'gap' ? undefined : fronts.value.find(({ kind }) => kind === 'external IP');
    assert.ok(front !== undefined);
    const answer = answerOf(own, 'A', front, { is });
    return answer.is === 'gap' ? undefined : answer.value.is;
  };
  assert.deepEqual([said(told, 'pod'), said(told, 'node')], ['endpoints', 'endpoints']);
  assert.deepEqual([said(untold, 'pod'), said(untold, 'node')], ['drop', 'endpoints']);
});
