import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Ajv } from 'ajv';
import { worldOf } from '#dataplane/world';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { type Flow, trace, type Traced } from '#sim/packet/trace';
import { cluster } from '#testing/world-builder';
import { noQuotes } from './quote.ts';
import { traceJson } from './trace-json.ts';
import { traceText } from './trace-text.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/schemas/trace.schema.json', import.meta.url), 'utf8'));
const valid = new Ajv({ allErrors: true, strictTypes: false }).compile(schema);
const healthy = cluster();
const D = healthy.node('D');

const traces: Readonly<Record<string, Traced>> = {
  'a Service with three endpoints': trace(worldOf(healthy.facts), {
    from: healthy.pod('D').scope,
    to: ip`10.96.31.62`,
    protocol: 'tcp',
    port: 80,
  }),
  'a tunnel that nobody listens to': trace(worldOf(healthy.link(D.scope, 'flannel.1', { up: false }).facts), {
    from: healthy.pod('A').scope,
    to: healthy.pod('D').address,
    protocol: 'icmp',
  }),
  'a neighbour that is missing': trace(worldOf(healthy.drop('neighbour', D.scope, ({ dev }) => dev === 'flannel.1').facts), {
    from: healthy.pod('D').scope,
    to: healthy.pod('A').address,
    protocol: 'udp',
    port: 53,
  }),
  'what was not captured': trace(worldOf(healthy.without('iptables', D.scope).facts), {
    from: healthy.pod('D').scope,
    to: healthy.pod('A').address,
    protocol: 'icmp',
  }),
  'an address of nobody': trace(worldOf(healthy.facts), { from: healthy.pod('D').scope, to: ip`192.0.2.7`, protocol: 'icmp' }),
};

for (const [name, traced] of Object.entries(traces)) {
  test(`the JSON of ${name} is as its schema says`, () => {
    const json: object = JSON.parse(JSON.stringify(traceJson(traced, noQuotes)));
    assert.ok(valid(json), JSON.stringify(valid.errors?.slice(0, 3)));
    assert.ok(valid({ id: 7, ...json }));
  });
}

test('a port that nothing listens at is told as a refusal, an answer as an answer', () => {
  const head = (by: Pick<Flow, 'protocol' | 'port'>): string => {
    const asked = { from: healthy.pod('A').scope, to: healthy.pod('D').address, ...by };
    return traceText(trace(worldOf(healthy.facts), asked), { flow: 'flow', place: ({ node }) => node }, noQuotes).split('\n')[1] ?? '';
  };
  assert.equal(head({ protocol: 'icmp' }), '✓ the sender gets its answer');
  assert.equal(head({ protocol: 'tcp', port: 9999 }), '✓ packets get there and back, and the sender is refused');
});

test('the text names what decided, with file and line', () => {
  const traced = traces['a neighbour that is missing'] as Traced;
  const text = traceText(
    traced,
    { flow: 'default/web-d → default/web-a:53/udp', place: ({ node, netns }) => `${node}${netns === '' ? '' : '/pod'}` },
    noQuotes,
  );
  assert.match(text, /✗ the sender gets no answer/);
  assert.match(text, /unreachable at D flannel.1: nobody on flannel.1 answers for 10.100.54.0 \[NEIGH_FAILED\]/);
  assert.match(text, /nothing for flannel.1 10.100.54.0 in nodes\/D\/ip_neigh/);
  assert.match(text, /the sender sees ICMP 3\/1 \(host-unreachable\) from 10.100.41.1 after 3 s/);
});

test("a route that IPv6 lacks is cited from IPv6's list alone, and an error of a machine without an address says whose it is", () => {
  const routes = healthy.facts.partition('route', D.scope);
  const [own] = routes?.facts ?? [];
  if (routes === undefined || own === undefined) throw new Error('a healthy node has routes');
  const [four, six] = [own.origin.file, 'nodes/D/ip_-6_route'];
  const origin = { file: six, line: 1 };
  const local = {
    ...own,
    origin,
    to: cidr`fe80::/64`,
    source: null,
    hops: [{ dev: 'eth0', via: null, onlink: false, weight: 1, dead: false }],
  };
  const both = healthy.facts.with({ ...routes, facts: [...routes.facts, local], readings: [...routes.readings, { file: six }] });
  const text = traceText(
    trace(worldOf(both), { from: D.scope, to: ip`fd00::7`, protocol: 'icmp' }),
    { flow: 'D → fd00::7', place: ({ node }) => node },
    noQuotes,
  );
  assert.match(text, new RegExp(`nothing for route to fd00::7 in ${six}`));
  assert.doesNotMatch(text, new RegExp(`${four}\\b`));
  assert.match(text, /the sender sees ICMPv6 1\/0 \(no-route\) from D itself, which found no address to send from/);
});
