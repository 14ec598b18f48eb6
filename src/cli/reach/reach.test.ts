import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { worldOf } from '#dataplane/world';
import { podEnds, nodeEnds, serviceEnds } from '#engine/reach/end';
import { reachMatrix } from '#engine/reach/matrix';
import type { Facts } from '#facts/facts';
import { noQuotes } from '#report/quote';
import { pairJson, reachJson } from '#report/reach-json';
import { reachText, reachWide } from '#report/reach-text';
import { CLUSTER } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { breaks } from '#testing/breaks';
import { written } from '#testing/built/written';
import { cluster } from '#testing/world-builder';
import { causesOf } from './causes.ts';
import { portOf } from './reach.ts';

const schema = new Ajv({ allErrors: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL('../../../docs/schemas/reach.schema.json', import.meta.url), 'utf8')) as object,
);

const built = cluster({ nodes: 3 });

const asked = (facts: Facts, port = undefined as ReturnType<typeof portOf>) =>
  reachMatrix(worldOf(facts), {
    from: [...podEnds(facts), ...nodeEnds(facts)],
    to: [...podEnds(facts), ...serviceEnds(facts)],
    port,
    by: 'both',
  });

/** A policy that lets nobody into the pods called web. */
const CLOSED = written('network-policy', CLUSTER, 'api/networkpolicies', [
  {
    namespace: 'default',
    name: 'closed',
    pods: { matchLabels: { app: 'web' }, matchExpressions: [] },
    types: ['Ingress'],
    ingress: [],
    egress: [],
  },
]);

test('in a healthy cluster everybody reaches everybody', () => {
  const matrix = asked(withApi(built));
  assert.deepEqual(new Set(matrix.cells.map(({ verdict }) => verdict)), new Set(['yes']));
  assert.equal(matrix.isGrouped, false);
});

test('a broken path is a no with the finding that explains it, and the JSON is as its schema says', () => {
  const facts = breaks['stale MAC of D'].make(cluster({ nodes: 4 })).facts;
  const matrix = asked(facts);
  const findings = causesOf(matrix, facts, 'both');
  const text = reachText(matrix, facts, findings);
  assert.match(text, /because of vxlan-vtep-mac-stale lease\//);
  assert.match(reachWide(matrix), /✗/);
  const json: unknown = JSON.parse(JSON.stringify(reachJson(matrix, facts, findings, noQuotes)));
  assert.ok(schema(json), JSON.stringify(schema.errors?.slice(0, 3)));
});

test('what a policy would deny and nobody enforces is a yes with a word about it', () => {
  const facts = withApi(built).with(CLOSED);
  const cells = asked(facts, portOf('8080')).cells.filter(
    ({ to, sample }) => to.name.startsWith('default/web') && sample.from.kind === 'pod',
  );
  assert.ok(cells.length > 0);
  assert.ok(cells.every(({ verdict, sample }) => verdict === 'yes' && sample.cause?.is === 'policy not enforced'));
});

test('a pod that was not captured is unknown by path; a policy that is enforced still denies', () => {
  const own = cluster({ nodes: 2 });
  const lonely = withApi(own.withoutNode('B')).with(CLOSED);
  const chain = { name: 'cali-FORWARD', origin: { file: 'nodes/A/iptables', line: 1 }, policy: null, counters: undefined, rules: [] };
  const table = { family: 4, backend: 'nft', table: 'mangle', chains: [chain], origin: chain.origin } as const;
  const partition = lonely.partition('iptables', own.node('A').scope);
  assert.ok(partition !== undefined);
  const policies = written('calico-policy', CLUSTER, 'api/calico', []);
  const facts = lonely.with({ ...partition, facts: [...partition.facts, table] } as never, policies);
  const cell = asked(facts).cells.find(({ from, to }) => from.name === 'default/app-a' && to.name === 'default/web-b');
  assert.deepEqual([cell?.verdict, cell?.sample.cause?.is], ['no', 'policy']);
  const back = asked(facts).cells.find(({ from, to }) => from.name === 'default/web-b' && to.name === 'default/app-a');
  assert.deepEqual([back?.verdict, back?.sample.cause?.is], ['unknown', 'unseen']);
});

test('many pods are asked by workload, and the counts are those of all pairs', () => {
  const large = cluster({ nodes: 12, podsPerNode: 5 });
  const facts = withApi(large);
  const matrix = asked(facts);
  assert.equal(matrix.isGrouped, true);
  assert.ok(matrix.cells.length < 400, String(matrix.cells.length));
  const broken = breaks['stale MAC of D'].make(large);
  const cells = asked(withApi(broken)).cells.filter(({ verdict }) => verdict === 'partly');
  assert.ok(cells.length > 0 && cells.every(({ counts }) => counts.no > 0 && counts.yes > 0));
});

/** The cells of a large cluster by policy alone, from and to workloads that are called like these. */
function onPaper(facts: Facts, from: RegExp, to: RegExp) {
  const ends = [...podEnds(facts), ...nodeEnds(facts)];
  const { cells, isGrouped } = reachMatrix(worldOf(facts), { from: ends, to: podEnds(facts), port: portOf('8080'), by: 'policy' });
  assert.equal(isGrouped, true);
  return cells.filter((cell) => from.test(cell.from.name) && to.test(cell.to.name));
}

test('of many nodes each reaches its own pods, whatever policies say', () => {
  const facts = withApi(cluster({ nodes: 12, podsPerNode: 5 })).with(CLOSED);
  const [cell] = onPaper(facts, /nodes$/, /web ×/);
  assert.ok(cell !== undefined);
  const { yes, no } = cell.counts;
  assert.deepEqual([cell.verdict, yes, no], ['partly', cell.to.ends.length, 11 * cell.to.ends.length]);
});

test('pods of one workload that a policy tells apart are asked apart', () => {
  const facts = withApi(cluster({ nodes: 12, podsPerNode: 5 }));
  const pods = facts.partition('pod', CLUSTER);
  const label = 'statefulset.kubernetes.io/pod-name';
  assert.ok(pods !== undefined);
  const named = (pods.facts as readonly { readonly name: string; readonly labels: object }[]).map((pod) => ({
    ...pod,
    labels: { ...pod.labels, [label]: pod.name },
  }));
  const some = facts.with({ ...pods, facts: named } as never);
  const web = onPaper(some, /nodes$/, /web/);
  const [
    {
      facts: [closed],
    },
  ] = [CLOSED] as unknown as [{ facts: [object] }];
  const one = { matchLabels: { [label]: 'web-a' }, matchExpressions: [] };
  const policies = written('network-policy', CLUSTER, 'api/networkpolicies', [{ ...closed, pods: one } as never]);
  const apart = onPaper(some.with(policies), /nodes$/, /web/);
  const ends = (cells: typeof web): number => cells.reduce((sum, { to }) => sum + to.ends.length, 0);
  assert.equal(ends(web), ends(apart));
  assert.ok(apart.length > web.length);
});

test('one pair is one line as the schema says', () => {
  const { cells } = asked(withApi(built));
  const line: unknown = JSON.parse(JSON.stringify({ id: 7, ...pairJson(cells[0]?.sample as never, built.facts, noQuotes) }));
  assert.ok(schema(line), JSON.stringify(schema.errors?.slice(0, 3)));
  assert.ok(schema({ id: null, error: 'no JSON' }));
});

test('a port is a number, a number with its protocol, or icmp', () => {
  assert.deepEqual(portOf('53/udp'), { port: 53, protocol: 'UDP' });
  assert.deepEqual(portOf('80'), { port: 80, protocol: 'TCP' });
  assert.equal(portOf('icmp'), null);
  assert.throws(() => portOf('0'), /--port takes/);
  assert.throws(() => portOf('http'), /--port takes/);
});
