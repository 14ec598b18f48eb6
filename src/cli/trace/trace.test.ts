import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { worldOf } from '#dataplane/world';
import { trace } from '#sim/packet/trace';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { written } from '#testing/built/written';
import { recordedCaptures, smallWorld } from '#testing/small-world';
import { cluster } from '#testing/world-builder';
import { UsageError } from '../command.ts';
import { main } from '../main.ts';
import { flowOf, partsOf } from './flow.ts';
import { flowLine } from './lines.ts';

const { facts, ...built } = cluster();
const client = built.nodes[0]?.pods[0];

/** The cluster with a Service that has no address. */
function headless(): typeof facts {
  const bare = { namespace: 'default', name: 'bare', type: 'ClusterIP', clusterIps: [], ports: [], selector: null, policy: USUAL_POLICY };
  return facts.with(written('service', CLUSTER, 'api/services', [bare]));
}

test('a target is a name with an optional port and protocol; a bare IPv6 address has no port', () => {
  assert.deepEqual(partsOf('default/web-d:8080/udp'), { name: 'default/web-d', port: 8080, protocol: 'udp' });
  assert.deepEqual(partsOf('10.96.0.10:53'), { name: '10.96.0.10', port: 53, protocol: undefined });
  assert.deepEqual(partsOf('2001:db8::1'), { name: '2001:db8::1', port: undefined, protocol: undefined });
  assert.deepEqual(partsOf('[2001:db8::1]:80/tcp'), { name: '2001:db8::1', port: 80, protocol: 'tcp' });
  assert.deepEqual(partsOf('svc/default/web'), { name: 'svc/default/web', port: undefined, protocol: undefined });
});

test('a flow without a port is an echo, one with a port is TCP', () => {
  const echo = flowOf({ from: 'default/web-a', to: 'default/web-d' }, facts);
  assert.deepEqual(echo.flow, { from: client?.scope, to: built.nodes[3]?.pods[0]?.address, protocol: 'icmp' });
  assert.equal(echo.title, 'pod/default/web-a (10.100.54.2) → pod/default/web-d (10.100.41.2)/icmp');
  assert.equal(flowOf({ from: 'A', to: 'D:6443', size: 1400, df: true }, facts).flow.protocol, 'tcp');
  assert.match(flowOf({ from: 'A', to: '[2001:db8::1]:80' }, facts).title, /→ \[2001:db8::1\]:80\/tcp$/);
});

test('what cannot be asked is a usage error that says why', () => {
  assert.throws(() => flowOf({ from: 'default/web-x', to: 'D' }, facts), UsageError);
  assert.throws(() => flowOf({ from: '192.0.2.1', to: 'default/web-d' }, facts), /was not captured: say with --at at which node/);
  assert.throws(() => flowOf({ from: '192.0.2.1', to: 'D', at: 'X' }, facts), /--at X is no captured node/);
  assert.throws(() => flowOf({ from: 'A', to: 'svc/default/bare:80' }, headless()), /no address of its own \(headless/);
  assert.throws(() => flowOf({ from: 'A', to: 'D', at: 'A' }, facts), /--at is for addresses that were not/);
  assert.throws(() => flowOf({ from: 'A', to: 'D', proto: 'udp' }, facts), /udp needs a port/);
  assert.throws(() => flowOf({ from: 'A', to: 'D', port: 70000 }, facts), /port is a whole number/);
  assert.throws(() => partsOf('default/web-d:http/tcp'), /a port is a number, not "http"/);
  assert.throws(() => flowOf({ from: 'A', to: '2001:db8::1:80/tcp' }, facts), /tcp needs a port: \[2001:db8::1:80\]:PORT\/tcp/);
  assert.throws(() => partsOf('D:80/foo'), /a protocol is tcp, udp, icmp, sctp, not "foo"/);
});

test('a client outside comes in at the node that is named, else at the one that it asks for', () => {
  const client = { from: '198.51.100.77', to: 'D:22/tcp' };
  const { flow, title } = flowOf(client, facts);
  assert.deepEqual([flow.from.node, flow.enters, flow.source], ['D', 'ens3', '198.51.100.77']);
  assert.match(title, /^198\.51\.100\.77 by D → node\/D|^198\.51\.100\.77 by D → D/);
  const [outcome] = trace(worldOf(facts), flow).outcomes;
  assert.equal(outcome?.disposition, 'no listener');
  assert.deepEqual([outcome?.works, outcome?.reply?.disposition], ['unknown', 'left the model']);
  const pod = flowOf({ from: '198.51.100.77', to: 'default/web-d:8080', at: 'A' }, facts).flow;
  assert.equal(pod.from.node, 'A');
  const walked = trace(worldOf(facts), pod).outcomes[0];
  assert.deepEqual([walked?.hops[0]?.at.node, walked?.hops[0]?.in], ['A', 'ens3']);
  assert.throws(() => flowOf({ ...client, size: 1400 }, facts), /no further than it opens/);
});

test('where a client came in is not there any more, what becomes of it is not known', () => {
  const { flow } = flowOf({ from: '198.51.100.77', to: 'D:22/tcp' }, facts);
  const [outcome] = trace(worldOf(facts), { ...flow, enters: 'gone0' }).outcomes;
  assert.deepEqual(
    [outcome?.works, outcome?.disposition, outcome?.reason.says],
    ['unknown', 'unknown', 'gone0, by which it comes in, is not there'],
  );
});

test('lines of flows keep their ids, also where they cannot be read', () => {
  const texts = ['{"id":1,"from":"A","to":"D"}', 'nonsense', '{"id":"x","from":"A"}', '{"id":3,"from":"A","to":"D","port":"80"}'];
  const lines = texts.map((text, index) => flowLine(text, index + 1));
  assert.deepEqual(lines, [
    { id: 1, asked: { id: 1, from: 'A', to: 'D' } },
    { id: null, error: 'line 2 is no JSON' },
    { id: 'x', error: 'line 3: to is missing' },
    { id: 3, error: 'line 4: port is no number' },
  ]);
});

const schema = JSON.parse(readFileSync(new URL('../../../docs/schemas/trace.schema.json', import.meta.url), 'utf8'));
const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);

test('flows of a file are answered in their order, each line as the schema says', async () => {
  const world = smallWorld();
  const flows = [
    { id: 'small', from: 'D/cni-37bd197e-fbce', to: '10.100.54.2', port: 8080, proto: 'tcp', sport: 40000 },
    { id: 2, from: 'nobody', to: 'D' },
    { id: 'large', from: 'D/cni-37bd197e-fbce', to: '10.100.54.2', proto: 'icmp', size: 1500, df: true },
    { id: null, from: 'A', to: 'D', proto: 'icmp' },
  ];
  world.content.set('flows.jsonl', Buffer.from(`${flows.map((flow) => JSON.stringify(flow)).join('\n')}\n`));
  assert.equal(await main(['trace', ...(await recordedCaptures(world, 'healthy')), '--flows', 'flows.jsonl'], world), 0);
  const lines = world
    .printed()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const line of lines) assert.ok(valid(line), JSON.stringify(valid.errors?.slice(0, 3)));
  assert.deepEqual(
    lines.map(({ id, error, outcomes }) => [id, error === undefined ? outcomes[0].works : 'error']),
    [
      ['small', 'yes'],
      [2, 'error'],
      ['large', 'no'],
      [null, 'yes'],
    ],
  );
  assert.equal(lines[0].outcomes[0].packet.sourcePort, 40000);
  assert.equal(lines[2].outcomes[0].packet.size, 1500);
});
