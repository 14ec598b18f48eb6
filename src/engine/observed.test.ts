import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { parseIp } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { cluster } from '#testing/world-builder';
import { ask } from './ask.ts';
import { bracketOf } from './bracket.ts';
import { againstCheck, checkOfPasted, observedChecks } from './observed.ts';

type Observation = FactOf<'observation'>;

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];
const pod = healthy.pod('D');

const error = (wanted: Partial<Observation> = {}): Observation => ({
  by: 'text',
  from: undefined,
  to: pod.address,
  protocol: 'tcp',
  port: 8080,
  size: undefined,
  df: undefined,
  outcome: 'silent',
  sent: undefined,
  answered: undefined,
  detail: 'i/o timeout',
  origin: { file: 'pasted', line: 1 },
  ...wanted,
});

test('an error that does not say where it was met is asked from every captured place', () => {
  const broken = healthy.rule(D.scope, 'filter', '-A FORWARD -j DROP', 0).facts;
  const check = checkOfPasted(broken, error());
  assert.equal(check?.id, `observed text →${pod.address}:8080/tcp`);
  const asked = ask(check, worldOf(broken));
  assert.equal(asked.answered.result, 'fail', asked.answered.says);
  assert.match(asked.answered.says, /^from A, B, C and 7 more \(of 12\): dropped on D /);
  const well = ask(check, worldOf(healthy.facts));
  assert.equal(well.answered.result, 'pass');
  assert.equal(bracketOf(well), null, 'of no one way');
});

test('an error is asked from where it says, and a probe from the node of its pod', () => {
  assert.deepEqual(checkOfPasted(healthy.facts, error({ from: 'A' }))?.flow?.from, A.scope);
  assert.deepEqual(checkOfPasted(healthy.facts, error({ by: 'kubelet' }))?.flow?.from, D.scope);
  assert.equal(checkOfPasted(healthy.facts, error({ from: '203.0.113.9' })), undefined);
  assert.equal(checkOfPasted(healthy.facts, error({ outcome: 'refused' })), undefined);
  assert.equal(checkOfPasted(healthy.facts, error({ to: '127.0.0.1' })), undefined);
});

test('what was waited for on a connection that stood is asked, and nobody is said to have measured it', () => {
  assert.equal(checkOfPasted(healthy.facts, error({ from: 'A' }))?.observed?.result, 'fail');
  assert.equal(checkOfPasted(healthy.facts, error({ from: 'A', standing: true }))?.observed, undefined);
});

test('a line of a captured log is of no known time: it is asked, from its node, where the address is known still', () => {
  const logged = (one: Observation) => observedChecks(healthy.put('observation', A.scope, one).facts);
  const [check] = logged(error());
  assert.deepEqual([check?.from, check?.flow?.from, check?.observed], ['log', A.scope, undefined]);
  assert.deepEqual(logged(error({ to: '10.244.250.9' })), []);
});

test('words that name no port are asked as an echo; what is no ping measured none', () => {
  const words = (wanted: Partial<Observation>): Observation => error({ protocol: 'icmp', port: null, ...wanted });
  const echo = checkOfPasted(healthy.facts, words({ from: 'A' }));
  assert.deepEqual([echo?.id, echo?.flow?.protocol, echo?.observed?.result], [`observed text A→${pod.address}/icmp`, 'icmp', 'fail']);
  const check = checkOfPasted(healthy.facts, words({ standing: true }));
  assert.equal(check?.observed, undefined);
  assert.equal(check === undefined ? '' : ask(check, worldOf(healthy.facts)).answered.result, 'pass');
});

test('a node is asked at its address, known by a capture or by its object alone; what is not known is said', () => {
  const words = (to: string): Observation => error({ to, protocol: 'icmp', port: null, standing: true });
  const named = checkOfPasted(healthy.facts, words('node/D'));
  const broken = healthy.rule(D.scope, 'filter', '-A INPUT -j DROP', 0).facts;
  assert.match(named === undefined ? '' : ask(named, worldOf(broken)).answered.says, /dropped on D/);
  assert.deepEqual(
    [checkOfPasted(healthy.facts, words('node/E')), againstCheck(healthy.facts, words('node/E'))],
    [undefined, 'no address'],
  );
  const object = {
    name: 'E',
    internalIps: [parseIp('192.168.1.99') ?? D.address],
    podCidrs: [],
    ready: undefined,
    kubeletVersion: undefined,
    annotations: undefined,
  };
  const [told] = observedChecks(healthy.put('node', CLUSTER, object).facts, [words('node/E')]);
  assert.equal(told?.id, 'observed text →node/E/icmp');
});

test('the address of a Service need not answer an echo: words of one make no check', () => {
  const address = parseIp('10.96.7.7') ?? pod.address;
  const object = { namespace: 'shop', name: 'web', type: 'ClusterIP', clusterIps: [address], ports: [], selector: null };
  const { facts } = healthy.put('service', CLUSTER, object);
  const words = error({ to: address, protocol: 'icmp', port: null, standing: true });
  assert.deepEqual([checkOfPasted(facts, words), againstCheck(facts, words)], [undefined, 'no echo']);
  assert.notEqual(checkOfPasted(facts, error({ to: address, port: 80 })), undefined);
});
