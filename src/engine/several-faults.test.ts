import assert from 'node:assert/strict';
import test from 'node:test';
import { addAddress, deleteAddress } from '#actions/address/preview';
import { replaceRoute } from '#actions/route/preview';
import { edit } from '#facts/edit';
import { plainRoute } from '#facts/route/own-routes';
import { faults } from '#faults/faults';
import endpointSlices from '#intent/endpoint-slices/endpoint-slices';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { cidr, lengthOf } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { mac } from '#net/mac';
import { CLUSTER, type Scope } from '#snapshot/scope';
import { announcedNat } from '#testing/announced-nat';
import { type BreakName, breaks } from '#testing/breaks';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { changedObject, followedCluster } from '#testing/built/following';
import { withKubeProxy } from '#testing/built/kube-proxy';
import { sentTwice } from '#testing/built/sent-twice';
import { cluster } from '#testing/world-builder';
import { diagnose } from './diagnose.ts';
import type { Fault } from './fault.ts';
import type { Diagnosis, Finding } from './finding.ts';
import { invariants } from './invariants.ts';
import { previewPlan } from './preview.ts';
import { subjectText } from './subject.ts';

const known: readonly Fault[] = faults as readonly unknown[] as readonly Fault[];
const healthy = cluster();

const broken = (names: readonly BreakName[]): typeof healthy.facts =>
  names.reduce((built, name) => breaks[name].make(built), healthy).facts;
const diagnosed = (names: readonly BreakName[]): Diagnosis => {
  const facts = broken(names);
  return diagnose(facts, known, invariants(facts));
};
const keyOf = ({ fault, subject }: Finding): string => `${fault.id} ${subjectText(subject)}`;
const expected = (names: readonly BreakName[]): readonly string[] =>
  names.map((name) => `${breaks[name].fault} ${breaks[name].subject(healthy)}`).sort();

/** All are named and proved, nothing else is, and nothing stays open. */
function allNamed(diagnosis: Diagnosis, names: readonly BreakName[]): void {
  assert.deepEqual(diagnosis.findings.map(keyOf).sort(), expected(names));
  assert.deepEqual(
    diagnosis.findings.map(({ status }) => status),
    names.map(() => 'proved'),
  );
  assert.deepEqual(
    diagnosis.findings.flatMap(({ alternatives }) => alternatives),
    [],
    'each is needed',
  );
  assert.deepEqual(diagnosis.unexplained, []);
}

const APART: readonly (readonly [BreakName, BreakName])[] = [
  ['stale MAC of D', 'second pod of A without default route'],
  ['neighbour of D missing on B', 'FDB entry of D missing on A'],
  ['ip_forward off on C', 'veth of the second pod of B down'],
];
for (const names of APART) {
  test(`two faults that do not meet are both found: ${names.join(' and ')}`, () => allNamed(diagnosed(names), names));
}

const IN_SERIES: readonly (readonly BreakName[])[] = [
  ['stale MAC of D', 'UDP filtered on D'],
  ['stale MAC of D', 'ip_forward off on D'],
  ['UDP filtered on D', 'host firewall on D'],
  ['ip_forward off on D', 'host firewall on D'],
  ['FDB entry of D missing on A', 'UDP filtered on D'],
  ['stale MAC of D', 'UDP filtered on D', 'host firewall on D'],
];
for (const names of IN_SERIES) {
  test(`${names.length} faults in series on one path are all named, and proved together: ${names.join(', ')}`, () => {
    const diagnosis = diagnosed(names);
    allNamed(diagnosis, names);
    const joint = diagnosis.findings.flatMap(({ counterfactual }) => counterfactual).filter(({ together }) => together.length > 0);
    assert.ok(joint.some(({ together }) => together.length === names.length - 1));
    assert.ok(joint.every(({ after }) => after === 'pass'));
  });
}

test('what is mended along with another fault is unknown, and names what hides it', () => {
  const diagnosis = diagnosed(['stale MAC of D', 'neighbour of D missing on B']);
  assert.deepEqual(diagnosis.findings.map(keyOf), expected(['stale MAC of D']));
  const masked = diagnosis.unknown.filter(({ because }) => because.is === 'masked');
  assert.deepEqual(
    masked.map(({ fault, subject }) => `${fault} ${subject}`),
    expected(['neighbour of D missing on B']),
  );
  assert.deepEqual(masked[0]?.because, { is: 'masked', by: expected(['stale MAC of D'])[0] });
});

test('what lies behind a fault by which nothing can be told to fail is found under its fix, not proved', () => {
  const announced = announcedNat(healthy);
  const filtered = breaks['UDP filtered on D'];
  for (const [built, behind] of [
    [announced, []],
    [filtered.make(announced), [`${filtered.fault} ${filtered.subject()}`]],
  ] as const) {
    const { findings, checks } = diagnose(built.facts, known, invariants(built.facts));
    assert.ok(checks.every(({ answered }) => answered.result !== 'fail'));
    assert.deepEqual(findings.map(keyOf), [`flannel-public-ip-wrong lease/${healthy.node('D').subnet}`, ...behind]);
    assert.ok(findings.every(({ status }) => status === 'supported'));
  }
});

test('what fails by itself under the other fix too is a cause of its own, though the other mends a check that it mends', () => {
  const nodes = ['A', 'B', 'C', 'D'];
  const before = withApi(withKubeProxy(breaks['ip_forward off on D'].make(healthy)));
  const web = before.partition('service', CLUSTER)?.facts.find(({ name }) => name === 'web');
  assert.ok(web !== undefined);
  const fact = { ...web, selector: { app: 'webb' } };
  const after = edit(before, [{ op: 'put', kind: 'service', scope: CLUSTER, fact }], 'kubectl patch service');
  const facts = nodes.reduce(fullSync, endpointSlices.reacts(before, after, { do: 'service-spec', on: CLUSTER, params: {} }));
  const { findings } = diagnose(facts, known, invariants(facts));
  assert.deepEqual(findings.map(keyOf), ['ip-forward-off node/D', 'service-selector-unmatched service/default/web']);
  assert.deepEqual(
    findings.flatMap(({ alternatives }) => alternatives),
    [],
  );
});

/** default/web asks its pods for a label that none has, and for a port by a name that stands at none of their containers. */
function wrongTwice(named: readonly string[]): Diagnosis {
  const isWeb = ({ name }: { readonly name: string }): boolean => name.startsWith('web');
  const ports = named.map((name) => ({ name, port: 8080, protocol: 'TCP', host: null }) as const);
  const followed = changedObject(followedCluster(healthy), 'pod', isWeb, (pod) => ({ ...pod, ports }));
  const facts = changedObject(followed, 'service', isWeb, (web) => ({
    ...web,
    selector: { app: 'webb' },
    ports: web.ports.map((port) => ({ ...port, targetPort: 'web' })),
  }));
  return diagnose(facts, known, invariants(facts));
}

test('what one Service has wrong twice is found one behind the other, and proved together', () => {
  const { findings } = wrongTwice(['http']);
  const both = ['service-selector-unmatched', 'service-target-port-unknown'];
  assert.deepEqual(
    findings.map((one) => `${keyOf(one)} ${one.status}`),
    both.map((fault) => `${fault} service/default/web proved`),
  );
  assert.ok(findings.every(({ excludes }) => excludes.every(({ fault }) => !both.includes(fault))));
});

test('what only the own questions of a fault meet, once it is mended, is found behind it', () => {
  const { veth } = healthy.pod('A');
  const port = { state: 'forwarding', hairpin: false, isolated: false, learning: true, flood: true } as const;
  const off = followedCluster(healthy.link(healthy.node('A').scope, veth, { port }));
  const isWeb = ({ name }: { readonly name: string }): boolean => name.startsWith('web');
  const ports = [{ name: 'http', port: 8080, protocol: 'TCP', host: null }] as const;
  const named = changedObject(off, 'pod', isWeb, (pod) => ({ ...pod, ports }));
  const facts = changedObject(named, 'service', isWeb, (web) => ({
    ...web,
    ports: web.ports.map((one) => ({ ...one, targetPort: 'web' })),
  }));
  const { findings, unknown, checks } = diagnose(facts, known, invariants(facts));
  assert.ok(checks.every(({ answered }) => answered.result !== 'fail'));
  assert.deepEqual(
    findings.map((one) => `${keyOf(one)} ${one.status}`),
    ['service-target-port-unknown service/default/web proved', 'hairpin-off node/A supported'],
  );
  assert.deepEqual(
    unknown.filter(({ fault }) => findings.some((one) => one.fault.id === fault)),
    [],
  );
});

test('whether source ranges keep a caller out is hidden where nobody stands behind the Service', () => {
  const vip = ip`203.0.113.10`;
  const caller = healthy.pod('B');
  const policy = {
    ...USUAL_POLICY,
    loadBalancer: [{ address: vip, hostname: null, mode: 'VIP' as const }],
    sourceRanges: [cidr`198.51.100.0/24`],
  };
  const isWeb = ({ name }: { readonly name: string }): boolean => name === 'web';
  const asked = { app: 'webb' };
  const guarded = changedObject(followedCluster(healthy), 'service', isWeb, (web) => ({
    ...web,
    type: 'LoadBalancer',
    selector: asked,
    policy,
  }));
  const timer = { kind: 'on', expiresMs: 900, retries: 0 } as const;
  const fact = { ...sentTwice(caller.address, vip, 80), timer };
  const facts = edit(guarded, [{ op: 'put', kind: 'socket', scope: caller.scope, fact }], 'a caller');
  const { findings, unknown } = diagnose(facts, known, invariants(facts));
  assert.deepEqual(findings.map(keyOf), ['service-selector-unmatched service/default/web']);
  assert.deepEqual(
    unknown.filter(({ fault }) => fault === 'service-load-balancer-source-range').map(({ because }) => because),
    [{ is: 'masked', by: 'service-selector-unmatched service/default/web' }],
  );
});

test("a node that lost kube-proxy's rules is named where IPVS mode left it the addresses of Services", () => {
  const { scope, bridge } = healthy.node('D');
  const [model] = healthy.facts.partition('link', scope)?.facts.filter(({ name }) => name === bridge) ?? [];
  assert.ok(model !== undefined);
  const made = healthy.put('link', scope, { ...model, name: 'kube-ipvs0', index: 900, up: false, peerIndex: null });
  const clusterIps = [...new Set(healthy.services.map(({ clusterIp }) => ip`${clusterIp}`))];
  const holding = (addresses: readonly Ip[]): ReturnType<typeof withApi> => {
    const steps = addresses.map((address) => addAddress(scope, 'kube-ipvs0', address, 32));
    const preview = previewPlan(made.facts, { steps, blast: { en: '', zh: '' } });
    assert.ok(preview.is === 'facts');
    const flushed = made.having(preview.facts).change(
      'iptables',
      scope,
      ({ table }) => table === 'nat',
      (table) => ({ ...table, chains: table.chains.map((one) => (one.name === 'KUBE-SERVICES' ? { ...one, rules: [] } : one)) }),
    );
    return withApi(withKubeProxy(flushed));
  };
  const peer = healthy.node('A').address;
  for (const [facts, causes] of [
    [holding(clusterIps), ['service-rules-missing node/D proved']],
    [holding([...clusterIps, peer]), ['kube-proxy-mode-leftovers node/D proved', 'service-rules-missing node/D proved']],
  ] as const) {
    const { findings, unknown, unexplained } = diagnose(facts, known, invariants(facts));
    assert.deepEqual(findings.map((one) => `${keyOf(one)} ${one.status}`).sort(), causes);
    assert.deepEqual(unexplained, []);
    assert.ok(unknown.every(({ fault }) => fault !== 'kube-proxy-mode-leftovers'));
    const deleted = findings.flatMap(({ fix }) => fix.steps.filter((step) => step.do === 'address'));
    assert.equal(deleted.length, causes.length - 1, 'what the rules rewrite is let be');
  }
});

test('a node that did not hear of a lease that is wrong does not hear of its mend', () => {
  const [A, C, D] = [healthy.node('A'), healthy.node('C'), healthy.node('D')];
  const drawn = mac`02:de:ad:00:41:01`;
  // all but A have followed to a new MAC of D; then the lease was set to C's address, with the old MAC
  const registered = healthy.change('link', D.scope, D.vtep.device, { mac: drawn });
  const wrong = registered.change('lease', CLUSTER, D.subnet, { publicIp: C.address });
  const followed = ['B', 'C'].reduce(
    (built, name) =>
      built.change('fdb', built.node(name).scope, (one) => one.mac === D.vtep.mac && one.dst === D.address, { dst: C.address }),
    wrong,
  );
  const { findings } = diagnose(followed.facts, known, invariants(followed.facts));
  assert.deepEqual(
    findings.map((one) => `${keyOf(one)} ${one.status}`),
    [`flannel-lease-wrong-machine lease/${D.subnet} proved`, `flanneld-not-following node/${A.name} proved`],
  );
});

test('what fails by one that only a person can mend, too, is unknown, and names that one', () => {
  const { findings, unknown } = wrongTwice([]);
  assert.deepEqual(
    findings.map((one) => `${keyOf(one)} ${one.status}`),
    ['service-target-port-unknown service/default/web supported'],
  );
  const hidden = unknown.filter(({ subject, because }) => subject === 'service/default/web' && because.is === 'masked');
  assert.deepEqual(
    hidden.map(({ fault, because }) => [fault, because.is === 'masked' && because.by]),
    [['service-selector-unmatched', 'service-target-port-unknown service/default/web']],
  );
});

/** The pods of D behind a bridge with Docker's own range, as a runtime makes them that starts before flanneld. */
function inDockersRange(): typeof healthy {
  const { scope, bridge, gateway, subnet, pods } = healthy.node('D');
  const moveTo = (on: Scope, device: string, from: Ip, to: Ip) => [
    deleteAddress(on, device, from, lengthOf(subnet)),
    addAddress(on, device, to, 16),
  ];
  const byDefault = (device: string) =>
    plainRoute(cidr`0.0.0.0/0`, device, { hops: [{ dev: device, via: ip`172.17.0.1`, onlink: false, weight: 1, dead: false }] });
  const steps = [
    ...moveTo(scope, bridge, gateway, ip`172.17.0.1`),
    ...pods.flatMap((pod, at) => [
      ...moveTo(pod.scope, 'eth0', pod.address, ip`172.17.0.${2 + at}`),
      replaceRoute(pod.scope, byDefault('eth0')),
    ]),
  ];
  const preview = previewPlan(healthy.facts, { steps, blast: { en: '', zh: '' } });
  if (preview.is === 'unknown') throw new Error(preview.gap.detail);
  // nobody tells by name whose namespaces they are
  return pods.reduce((now, pod) => now.change('namespace', scope, pod.scope.netns, { pod: null }), healthy.having(preview.facts));
}

/** A pod of A calls the second pod of D in vain. */
const called = (built: typeof healthy): typeof healthy =>
  built.put('socket', healthy.pod('A').scope, sentTwice(healthy.pod('A').address, ip`172.17.0.3`, 8080));

test("a pod that hangs on no bridge is found and proved beside a bridge in Docker's range, and nothing else is", () => {
  const moved = called(inDockersRange());
  const { scope, veth } = healthy.pod('D');
  const alone = ['pod-bridge-outside-lease node/D proved'];
  const both = [...alone, `pod-not-on-bridge pod/D/${scope.netns} proved`];
  const off = moved.link(healthy.node('D').scope, veth, { master: null, port: null });
  for (const [{ facts }, causes] of [[moved, alone] as const, [off, both] as const]) {
    const { findings, unexplained } = diagnose(facts, known, invariants(facts));
    assert.deepEqual(findings.map((one) => `${keyOf(one)} ${one.status}`).sort(), causes);
    assert.deepEqual(unexplained, []);
  }
});

test('two fixes that each mend the same: one finding, the other its alternative, alone and in series', () => {
  const twin: Fault = { ...(known.find(({ id }) => id === 'ip-forward-off') as Fault), id: 'ip-forward-off-twin' };
  for (const names of [['ip_forward off on D'], ['ip_forward off on D', 'stale MAC of D']] as const) {
    const facts = broken(names);
    const { findings, unexplained } = diagnose(facts, [...known, twin], invariants(facts));
    const pair = findings.find(({ fault }) => fault.id.startsWith('ip-forward-off'));
    const other = pair?.fault.id === twin.id ? 'ip-forward-off' : twin.id;
    assert.deepEqual(pair?.alternatives, [{ fault: other, subject: 'node/D' }], names.join());
    assert.equal(findings.length, names.length);
    assert.deepEqual(unexplained, []);
  }
});

test('the finding that explains the most comes first, a warning last', () => {
  const silent = breaks['stale MAC of D'].make(healthy).change('sysctl-file', healthy.node('C').scope, () => true, { settings: [] });
  const { facts } = breaks['second pod of A without default route'].make(silent);
  const { findings } = diagnose(facts, known, invariants(facts));
  assert.deepEqual(
    findings.map(({ fault }) => fault.id),
    ['vxlan-vtep-mac-stale', 'pod-default-route-missing', 'ip-forward-not-persistent'],
  );
});
