import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { worldOf } from '#dataplane/world';
import { endsNamed, nodeEnds, podEnds, type ReachEnd, serviceEnds } from '#engine/reach/end';
import { type Cell, type ReachMatrix, reachMatrix } from '#engine/reach/matrix';
import { reachedInFamilies } from '#engine/reach/pair';
import type { Facts } from '#facts/facts';
import { cidrOf } from '#net/cidr';
import { ip } from '#net/ip';
import { noQuotes } from '#report/quote';
import { lineJson, reachJson } from '#report/reach-json';
import { reachText, reachWide } from '#report/reach-text';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { dualStack, six } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { portOf } from './reach.ts';

const schema = new Ajv({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../../docs/schemas/reach.schema.json', import.meta.url), 'utf8')) as object,
);
const built = cluster({ nodes: 3 });
const healthy = dualStack(built);

/** Node A has no route any more to the pods of IPv6 on node B. */
function unrouted(facts: Facts, nodes = built): Facts {
  const routes = facts.partition('route', nodes.node('A').scope);
  const gone = cidrOf(six(nodes.node('B').gateway), 64);
  assert.ok(routes !== undefined);
  const left = routes.facts.filter(({ to, hops }) => to !== gone && !(to === '::/0' && hops.length > 0));
  assert.ok(left.length < routes.facts.length);
  return facts.with({ ...routes, facts: left });
}

function asked(facts: Facts): ReachMatrix {
  const from = [...podEnds(facts), ...nodeEnds(facts)];
  return reachMatrix(worldOf(facts), { from, to: [...podEnds(facts), ...serviceEnds(facts)], port: undefined, by: 'both' });
}

const between = ({ cells }: ReachMatrix, from: RegExp, to: RegExp): readonly Cell[] =>
  cells.filter((cell) => from.test(cell.from.name) && to.test(cell.to.name));
const toldOf = (cells: readonly Cell[]) => cells.map(({ family, families, verdict }) => ({ family, families, verdict }));

const one = (facts: Facts, text: string): ReachEnd => {
  const ends = endsNamed(facts, text);
  assert.ok(typeof ends !== 'string' && ends[0] !== undefined && ends.length === 1, text);
  return ends[0];
};
const inPairs = (facts: Facts, from: string, to: string) =>
  reachedInFamilies(worldOf(facts), one(facts, from), one(facts, to), portOf('8080') ?? null, 'both');

test('where both families answer alike that is one answer, asked in both', () => {
  const matrix = asked(healthy);
  assert.deepEqual(
    new Set(matrix.cells.map(({ verdict, family, families }) => `${verdict} ${family} ${families}`)),
    new Set(['yes null 4,6']),
  );
  assert.match(reachText(matrix, healthy, new Map()), /^\d+ pairs: \d+ yes, 0 no, 0 partly, 0 unknown\n/);
  assert.doesNotMatch(reachWide(matrix), /IPv/);
});

test('where one of them fails each is told by itself: in the text, the matrix and the JSON', () => {
  const facts = unrouted(healthy);
  const matrix = asked(facts);
  assert.equal(matrix.pairs, asked(healthy).pairs);
  assert.deepEqual(toldOf(between(matrix, /^default\/app-a$/, /^default\/web-b$/)), [
    { family: 4, families: [4], verdict: 'yes' },
    { family: 6, families: [6], verdict: 'no' },
  ]);
  assert.deepEqual(toldOf(between(matrix, /^default\/app-c$/, /^default\/web-a$/)), [{ family: null, families: [4, 6], verdict: 'yes' }]);
  const text = reachText(matrix, facts, new Map());
  assert.match(text, /by family where IPv4 and IPv6 differ\n/);
  assert.match(text, /✗ {2}default\/app-a → default\/web-b icmp over IPv6\n/);
  const wide = reachWide(matrix);
  assert.match(wide, /default\/web-b icmp over IPv4\n.*default\/web-b icmp over IPv6\n/);
  const json: unknown = JSON.parse(JSON.stringify(reachJson(matrix, facts, new Map(), noQuotes)));
  assert.ok(schema(json), JSON.stringify(schema.errors?.slice(0, 3)));
});

test('one pair has the verdict of both, and each one with its cause', () => {
  const facts = unrouted(healthy);
  const line = lineJson(inPairs(facts, 'default/app-a', 'default/web-b'), facts, noQuotes);
  assert.ok(schema({ id: 1, ...JSON.parse(JSON.stringify(line)) }), JSON.stringify(schema.errors?.slice(0, 3)));
  const { verdict, cause, families } = line as { verdict: string; cause: { is: string }; families: { family: number; verdict: string }[] };
  assert.deepEqual([verdict, cause.is], ['partly', 'path']);
  assert.deepEqual(
    families.map((answer) => [answer.family, answer.verdict]),
    [
      [4, 'yes'],
      [6, 'no'],
    ],
  );
  assert.ok(!('families' in lineJson(inPairs(facts, 'default/app-c', 'default/web-a'), facts, noQuotes)));
});

test('who is named by an address is asked in its family alone', () => {
  const { address } = built.pod('B');
  for (const [text, family] of [[address, 4] as const, [six(address), 6] as const])
    assert.deepEqual(
      inPairs(healthy, 'default/app-a', text).map((answer) => [answer.to.name, answer.family, answer.verdict]),
      [['default/web-b', family, 'yes']],
    );
});

test('of many pods the ways between nodes are asked in each family', () => {
  const large = cluster({ nodes: 10, podsPerNode: 5 });
  const matrix = asked(unrouted(dualStack(large), large));
  assert.equal(matrix.isGrouped, true);
  const failing = matrix.cells.filter(({ verdict }) => verdict !== 'yes');
  assert.ok(failing.length > 0 && failing.every(({ family }) => family === 6), JSON.stringify(toldOf(failing).slice(0, 3)));
});

test('a client outside comes in at an address of its own family alone', () => {
  const services = healthy.partition('service', CLUSTER);
  assert.ok(services !== undefined);
  const loadBalancer = [{ address: ip`2001:db8::10`, hostname: null, mode: 'VIP' }] as const;
  const facts = healthy.with({ ...services, facts: services.facts.map((own) => ({ ...own, policy: { ...USUAL_POLICY, loadBalancer } })) });
  const from = (client: string) =>
    reachedInFamilies(worldOf(facts), one(facts, client), one(facts, 'svc/default/web'), portOf('80') ?? null, 'path')[0];
  const [four, six6] = [from('198.51.100.77'), from('2001:db8:ffff::77')];
  assert.equal(four?.path?.says, 'svc/default/web has no address for clients of IPv4 outside at this port');
  assert.match(six6?.path?.says ?? '', /^load balancer 2001:db8::10:/);
});
