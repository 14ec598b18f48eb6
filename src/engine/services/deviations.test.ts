import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Service } from '#facts/service/service';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { cluster } from '#testing/world-builder';
import { serviceDeviations } from './deviations.ts';

const built = cluster({ nodes: 3 });
const healthy = withApi(built);

/** What deviates, in one line each. */
const said = (facts: Facts): readonly string[] =>
  serviceDeviations(worldOf(facts)).map(
    ({ node, front, source, deviation }) =>
      `${node} ${front.name} ${source.is}: ${deviation.is}${'how' in deviation ? ` ${deviation.how}` : ''}${'address' in deviation ? ` ${deviation.address}` : ''}`,
  );

function changed<K extends 'service' | 'endpoints'>(
  kind: K,
  name: string,
  to: (fact: FactOf<K> & { readonly name: string }) => object,
): Facts {
  const partition = healthy.partition(kind, CLUSTER);
  if (partition === undefined) throw new Error(`no ${kind}`);
  const named = partition.facts as readonly (FactOf<K> & { readonly name: string })[];
  const facts = named.map((fact) => (fact.name === name ? to(fact) : fact));
  return healthy.with({ ...partition, facts } as never);
}

const policy = (service: Service, more: Partial<NonNullable<Service['policy']>>): Service =>
  service.policy === undefined ? service : { ...service, policy: { ...service.policy, ...more } };

test('a healthy cluster does what its objects ask for', () => {
  assert.deepEqual(said(healthy), []);
});

test('an endpoint that the slices no longer have is stale on every node, for pods and nodes', () => {
  const gone = built.services.find(({ name }) => name === 'default/web:http')?.endpoints[1];
  const facts = changed('endpoints', 'web-abcde', (slice) => ({
    ...slice,
    addresses: slice.addresses.filter(({ address }) => address !== gone),
  }));
  assert.deepEqual(
    said(facts),
    ['A', 'B', 'C'].flatMap((node) => ['pod', 'node'].map((source) => `${node} default/web:http ${source}: stale endpoint ${gone}`)),
  );
});

test('an endpoint that the rules do not know is missing', () => {
  const facts = changed('endpoints', 'kube-dns-abcde', (slice) => {
    const [first] = slice.addresses;
    return first === undefined ? slice : { ...slice, addresses: [...slice.addresses, { ...first, address: ip`10.100.99.9`, node: 'Z' }] };
  });
  assert.equal(said(facts).length, 3 * 2 * 2);
  assert.ok(said(facts).every((line) => line.endsWith('missing endpoint')));
});

test('rules that lead to endpoints where none serves should refuse', () => {
  const facts = changed('endpoints', 'web-abcde', (slice) => ({
    ...slice,
    addresses: slice.addresses.map((one) => ({ ...one, ready: false, serving: false })),
  }));
  assert.ok(said(facts).length > 0 && said(facts).every((line) => line.includes(': answered')));
});

test('a Service that no rule knows is not programmed', () => {
  const facts = changed('service', 'web', (service) => ({ ...service, clusterIps: [ip`10.96.77.7`] }));
  assert.equal(said(facts).filter((line) => line.endsWith('default/web:http pod: not programmed')).length, 3);
});

test('with policy Local only the endpoints of the node itself are right', () => {
  const facts = changed('service', 'web', (service) => policy(service, { internal: 'Local' }));
  const [a = '', b = '', c = ''] = built.services.find(({ name }) => name === 'default/web:http')?.endpoints ?? [];
  const elsewhere = { A: [b, c], B: [a, c], C: [a, b] };
  assert.deepEqual(
    said(facts),
    Object.entries(elsewhere).flatMap(([node, others]) =>
      ['pod', 'node'].flatMap((source) => others.map((address) => `${node} default/web:http ${source}: stale endpoint ${address}`)),
    ),
  );
});

test('where the slices were not listed, nothing deviates', () => {
  assert.deepEqual(said(healthy.without('endpoints', CLUSTER)), []);
  const partition = changed('endpoints', 'web-abcde', (slice) => ({ ...slice, addresses: [] })).partition('endpoints', CLUSTER);
  assert.ok(partition !== undefined);
  assert.deepEqual(said(healthy.with({ ...partition, covers: [] })), []);
});
