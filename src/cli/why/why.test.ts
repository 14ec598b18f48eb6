import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { ownersAt } from '#intent/owner/owners';
import { noQuotes } from '#report/quote';
import { whyJson, whyText } from '#report/why';
import { onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { smallWorld } from '#testing/small-world';
import { cluster } from '#testing/world-builder';
import { main } from '../main.ts';
import { nothingAt, placeOf } from './why.ts';

const schema = new Ajv({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../../docs/schemas/why.schema.json', import.meta.url), 'utf8')) as object,
);

const entry = (file: string) => ({ scope: onNode('A'), file, argv: [], exit: 0, look: 1, parts: [] });
const snapshot = { index: { entries: [entry('nodes/A/ip_route'), entry('nodes/B/ip_route'), entry('nodes/A/ip_-j_link')] } } as never;

test('a place is a line or a path, its file named in full or by an end that is its alone', () => {
  assert.deepEqual(placeOf('nodes/A/ip_route:4', snapshot), { file: 'nodes/A/ip_route', line: 4 });
  assert.deepEqual(placeOf('ip_-j_link#[3]', snapshot), { file: 'nodes/A/ip_-j_link', path: '[3]' });
  assert.throws(() => placeOf('ip_route:4', snapshot), /could be nodes\/A\/ip_route, nodes\/B\/ip_route/);
  assert.throws(() => placeOf('nowhere:4', snapshot), /has no file nowhere/);
  assert.throws(() => placeOf('nodes/A/ip_route', snapshot), /FILE:LINE/);
});

test('text names the program, why, and what stands behind; the JSON is as its schema says', () => {
  const facts = withApi(cluster());
  const tables = facts.seen('iptables', onNode('A'));
  const rules = tables.is === 'gap' ? [] : tables.value.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  const rule = rules.find(({ text }) => text.includes('default/web:http cluster IP') && text.includes('KUBE-SERVICES'));
  assert.ok(rule !== undefined);
  const owned = ownersAt(facts, rule.origin);
  assert.match(
    whyText(owned, noQuotes),
    /made by {3}kube-proxy\n {3}because {3}it stands in KUBE-SERVICES\n {3}behind {4}Service default\/web/,
  );
  const json: unknown = JSON.parse(JSON.stringify(whyJson(owned, noQuotes)));
  assert.ok(schema(json), JSON.stringify(schema.errors?.slice(0, 3)));
});

test('where nothing has an owner, the hint is one that can help', () => {
  const { facts } = cluster();
  assert.match(nothingAt({ file: 'nodes/A/ip_-d_-j_link_show', line: 1 }, facts), /in a JSON document a place is FILE#PATH/);
  for (const place of [
    { file: 'objects.json', path: 'items[0]' },
    { file: 'nodes/A/sysctl_-a', line: 5 },
  ])
    assert.match(nothingAt(place, facts), /; rules, chains, sets, routes and devices have owners$/);
});

test('without a place it is a usage error that shows one', async () => {
  const world = smallWorld();
  assert.equal(await main(['why', 'a.tar.gz'], world), 2);
  assert.match(world.noted(), /leadline why a\.tar\.gz nodes\/A/);
});
