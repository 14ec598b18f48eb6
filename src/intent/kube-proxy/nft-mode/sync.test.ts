import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { nftEndpointRules } from '#dataplane/nft-service-rules';
import { emptyPartition } from '#facts/edit';
import { Facts, type Partition } from '#facts/facts';
import type { NftTable } from '#facts/nft/nft';
import kubernetes from '#parsers/kubernetes/kubernetes';
import nftRuleset from '#parsers/nft-ruleset/nft-ruleset';
import type { Parsed } from '#parsers/format';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { parseText } from '#testing/parse-text';
import { fullSync } from '../full-sync.ts';
import kubeProxy from '../kube-proxy.ts';

/** What a real kube-proxy wrote as its objects changed, as others damaged its rules, and as it was started again. */
const FOLDER = new URL('../../../../lab/recorded-tools/kube-proxy-nft-follow/', import.meta.url);
const NODE = onNode('n2');

function partitionsOf(parsed: Parsed, at: Scope): readonly Partition[] {
  assert.deepEqual(parsed.problems, []);
  return parsed.readings.map(({ kind, scope = at, facts }) => {
    const own = { ...emptyPartition(kind, scope), facts, readings: [{ file: kind }], covers: true };
    return own as unknown as Partition;
  });
}

const textOf = (file: string): string => readFileSync(new URL(file, FOLDER), 'utf8');

/** The recorded objects and rules under two names. */
function recordedFacts(objects: string, rules: string): Facts {
  const listed = textOf(`${objects}-objects.txt`).replace(/^#.*\n/gm, '');
  const api = parseText(kubernetes, listed, {
    scope: CLUSTER,
    argv: ['kubectl', 'get', 'services,endpointslices,nodes', '-A', '-o', 'json'],
  });
  const ruleset = parseText(nftRuleset, textOf(`${rules}-rules.txt`), { scope: NODE });
  return Facts.of([...partitionsOf(api, CLUSTER), ...partitionsOf(ruleset, NODE)]);
}

/** What decides of a table; chains of Services that are gone are empty until a later sync deletes them. */
function plain({ chains, sets }: NftTable): readonly string[] {
  const kept = chains.filter(({ name, rules }) => rules.length > 0 || !name.includes('/'));
  return [
    ...kept.flatMap(({ name, base, rules }) => [
      `chain ${name} ${JSON.stringify(base)}`,
      ...rules.map(({ text, statements, comment }, at) => `${name} ${at} ${text} ${JSON.stringify(statements)} ${comment}`),
    ]),
    ...sets.flatMap(({ name, isMap, timeoutSeconds, elements }) => [
      `set ${name} ${isMap} ${timeoutSeconds}`,
      ...elements.map((element) => `${name} ${JSON.stringify(element)}`),
    ]),
  ].toSorted();
}

const tablesOf = (facts: Facts): Readonly<Record<string, readonly string[]>> => {
  const tables = facts.seen('nft', NODE);
  assert.ok(tables.is === 'seen');
  return Object.fromEntries(tables.value.map((table) => [table.family, plain(table)]));
};

const change = { do: 'service-spec', on: CLUSTER, params: {} } as const;
const restart = { do: 'unit-restart', on: NODE, params: { unit: 'kube-proxy' } } as const;

/** The facts with the objects of others. */
const withObjects = (facts: Facts, other: Facts): Facts =>
  facts.with(
    ...((['service', 'endpoints', 'node'] as const).flatMap((kind) => other.partition(kind, CLUSTER) ?? []) as readonly Partition[]),
  );

/** A kube-proxy that surely runs. */
const running = (facts: Facts, flags: readonly string[] = []): Facts => {
  const process = { pid: 1, name: 'kube-proxy', argv: ['kube-proxy', ...flags], startTicks: undefined, unit: null, origin: { file: 'ps' } };
  return facts.with({
    ...emptyPartition('process', NODE),
    facts: [process],
    readings: [{ file: 'ps' }],
    covers: true,
  } as unknown as Partition);
};

test('what it finds right it leaves as it is', () => {
  const facts = recordedFacts('1-started', '1-started');
  assert.deepEqual(tablesOf(fullSync(facts, 'n2')), tablesOf(facts));
});

test('changed objects are followed word for word', () => {
  const [before, after] = [running(recordedFacts('1-started', '1-started')), recordedFacts('2-followed', '2-followed')];
  assert.deepEqual(tablesOf(kubeProxy.reacts(before, withObjects(before, after), change)), tablesOf(after));
});

test('one that follows does not see what others took away', () => {
  const before = running(recordedFacts('2-followed', '3-damaged'));
  const after = recordedFacts('4-followed-damaged', '4-followed-damaged');
  assert.deepEqual(tablesOf(kubeProxy.reacts(before, withObjects(before, after), change)), tablesOf(after));
});

test('a start writes all of it anew, but for the chains of endpoints that are there', () => {
  const before = recordedFacts('4-followed-damaged', '4-followed-damaged');
  const after = recordedFacts('4-followed-damaged', '5-restarted');
  assert.deepEqual(tablesOf(kubeProxy.reacts(before, before, restart)), tablesOf(after));
});

test('a sync that fails, for elements are gone that it would take away, is made up for by a full one', () => {
  const before = running(recordedFacts('4-followed-damaged', '6-damaged-maps'));
  const after = recordedFacts('7-retried', '7-retried');
  assert.deepEqual(tablesOf(kubeProxy.reacts(before, withObjects(before, after), change)), tablesOf(after));
});

test('endpoints that came back while it was stopped find their chains empty, and a start leaves them so', () => {
  const before = recordedFacts('10-returned', '9-stopped');
  const after = recordedFacts('10-returned', '10-returned');
  assert.deepEqual(tablesOf(kubeProxy.reacts(before, before, restart)), tablesOf(after));
  const [empty] = nftEndpointRules(after).filter(({ service }) => service.startsWith('default/s9:'));
  assert.equal(empty, undefined);
});

test('tables that are gone are written by what its flags and another node tell', () => {
  const [all, after] = ['7-retried', '8-restarted-without'].map((rules) => recordedFacts('7-retried', rules));
  assert.ok(all !== undefined && after !== undefined);
  const tables = all.partition('nft', NODE);
  assert.ok(tables !== undefined);
  const gone = running(all, ['--proxy-mode=nftables']).with({ ...tables, facts: [] }, { ...tables, scope: onNode('n3') });
  assert.deepEqual(tablesOf(kubeProxy.reacts(gone, gone, restart)), tablesOf(after));
});

test('where the slices were not all listed, what it would write is not known', () => {
  const facts = recordedFacts('1-started', '3-damaged').without('endpoints', CLUSTER);
  assert.deepEqual(tablesOf(fullSync(facts, 'n2')), tablesOf(facts));
});
