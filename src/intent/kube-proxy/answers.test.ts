import assert from 'node:assert/strict';
import test from 'node:test';
import type { Backend } from './backends.ts';
import { categoriesOf } from './categories.ts';

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
