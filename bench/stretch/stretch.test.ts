import assert from 'node:assert/strict';
import test from 'node:test';
import { type Archive, snapshotOf } from '#collect/archive/archive';
import type { Facts } from '#facts/facts';
import { type ReadSnapshot, readFacts } from '#parsers/read';
import { combine } from '#snapshot/combine';
import type { Scope } from '#snapshot/scope';
import { recordedArchives } from './recorded.ts';
import { stretched } from './stretch.ts';

const read = (archives: readonly Archive[]): ReadSnapshot => readFacts(combine(archives.map(snapshotOf)));

/** What a value looks like when names, numbers and places are taken out of it. */
function shape(value: unknown, name = ''): unknown {
  if (name === 'origin') return undefined;
  if (typeof value === 'number') return '#';
  if (typeof value === 'string')
    return value
      .replaceAll(/veth\w+|cni-[\w-]+|\b(?:node-\d+|[A-D])\b/g, 'NAME')
      .replaceAll(/[\da-f]{2}(?::[\da-f]{2}){5}/g, 'MAC')
      .replaceAll(/[\da-f]*\d[\da-f]*/g, '#');
  if (value instanceof Map) return [...value].map((one) => shape(one));
  if (Array.isArray(value)) return value.map((one) => shape(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one, key)]));
}

/** How often each shape is among the facts of each kind in a scope. */
function shapes(facts: Facts, { node, netns }: Scope): ReadonlyMap<string, number> {
  const all = [...facts.partitions()].filter(({ scope }) => scope.node === node && scope.netns === netns);
  const texts = all.flatMap((one) => one.facts.map((fact) => `${one.kind} ${JSON.stringify(shape(fact))}`));
  return new Map([...Map.groupBy(texts, (text) => text)].map(([text, same]) => [text, same.length]));
}

/** Neighbours and learnt MACs come and go by themselves; a real node has not spoken to each of its pods lately. */
const steady = (counted: ReadonlyMap<string, number>): unknown =>
  Object.fromEntries([...counted].filter(([text]) => !/^neighbour|^fdb .*"reachable"/.test(text)).sort());

test('four stretched nodes read like the four that were recorded: kinds, counts, and every value by its shape', async () => {
  const recorded = await recordedArchives();
  const [real, written] = [read(recorded), read(stretched(recorded, 4, 2))];
  const [node] = real.facts.nodes();
  assert.equal(written.problems.length / 4, real.problems.filter(({ file }) => file.startsWith(`nodes/${node}/`)).length);
  assert.deepEqual(
    steady(shapes(written.facts, { node: 'node-1', netns: '' })),
    steady(shapes(real.facts, { node: node ?? '', netns: '' })),
  );
  const pods = (facts: Facts, of: string) => facts.scopes(of, 'link').filter(({ netns }) => netns !== '');
  const last = pods(real.facts, node ?? '').at(-1);
  for (const pod of pods(written.facts, 'node-1')) assert.deepEqual(shapes(written.facts, pod), shapes(real.facts, last ?? pod));
  assert.deepEqual(shapes(written.facts, { node: '', netns: '' }), shapes(real.facts, { node: '', netns: '' }));
});

test('a fifth node adds to each list what a peer adds, and pods add what a pod adds', async () => {
  const recorded = await recordedArchives();
  const count = (nodes: number, pods: number, kind: string): number => {
    const { facts } = read(stretched(recorded, nodes, pods));
    return [...facts.partitions()]
      .filter(({ scope, kind: own }) => scope.node === 'node-2' && scope.netns === '' && own === kind)
      .flatMap((one) => one.facts).length;
  };
  for (const kind of ['route', 'fdb', 'neighbour']) assert.ok(count(5, 2, kind) - count(4, 2, kind) >= 1, kind);
  assert.equal(count(4, 5, 'link') - count(4, 2, 'link'), 3);
  assert.equal(count(4, 5, 'namespace') - count(4, 2, 'namespace'), 3);
});
