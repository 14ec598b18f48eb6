import assert from 'node:assert/strict';
import test from 'node:test';
import { Facts } from '#facts/facts';
import type { KindId } from '#facts/kinds';
import { ip } from '#net/ip';
import kubernetes from '#parsers/kubernetes/kubernetes';
import { CLUSTER } from '#snapshot/scope';
import { parseText } from '#testing/parse-text';
import { policyVerdict } from '../policy-verdict.ts';
import { endOfPod, type PolicyEnd } from '../question.ts';

const pod = (namespace: string, name: string, podIP: string, labels: object, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace, name, labels },
  spec: { nodeName: 'a', containers: [{ ports: [{ name: 'http', containerPort: 8080 }] }], ...more },
  status: { podIP, hostIP: '192.0.2.1' },
});
const namespace = (name: string, team: string): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { team, 'kubernetes.io/metadata.name': name } },
});
/** OVN-Kubernetes, which enforces them. */
const OVN = pod('ovn', 'ovnkube-node-x7k2p', '192.0.2.1', {}, { hostNetwork: true });
const CILIUM = pod('kube-system', 'cilium-x7k2p', '192.0.2.1', {}, { hostNetwork: true });
const OBJECTS = [
  namespace('shop', 'red'),
  namespace('ops', 'blue'),
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'a', labels: { role: 'edge' } },
    status: { addresses: [{ type: 'InternalIP', address: '192.0.2.1' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'b', labels: {} },
    status: { addresses: [{ type: 'InternalIP', address: '192.0.2.2' }] },
  },
  pod('shop', 'web', '10.244.0.5', { app: 'web' }),
  pod('shop', 'db', '10.244.1.5', { app: 'db' }, { nodeName: 'b' }),
  pod('ops', 'probe', '10.244.1.6', { app: 'probe' }),
];
const KINDS: readonly KindId[] = [
  'network-policy',
  'pod',
  'node',
  'kubernetes-namespace',
  'calico-policy',
  'admin-policy',
  'foreign-policy',
];

function cluster(policies: readonly object[], by: object = OVN): Facts {
  const { readings } = parseText(kubernetes, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [...OBJECTS, by, ...policies] }));
  return Facts.of(
    KINDS.map((kind) => {
      const facts = readings.filter((one) => one.kind === kind).flatMap((one): readonly object[] => one.facts);
      return { kind, scope: CLUSTER, facts, looks: [], readings: [{ file: 'api' }], covers: true } as never;
    }),
  );
}

function endOf(facts: Facts, name: string): PolicyEnd {
  const read = facts.seen('pod', CLUSTER);
  const found = read.is === 'gap' ? undefined : read.value.find((one) => `${one.namespace}/${one.name}` === name);
  const node = { '192.0.2.1': 'a', '192.0.2.2': 'b' }[name] ?? null;
  return (found === undefined ? undefined : endOfPod(found)) ?? { is: 'address', address: ip`${name}`, node };
}

function verdict(policies: readonly object[], from: string, to: string, port = 8080, by: object = OVN): string {
  const facts = cluster(policies, by);
  return policyVerdict(facts, { from: endOf(facts, from), to: endOf(facts, to), protocol: 'TCP', port }).is;
}

const ALL = { namespaces: {} };
const RED = { namespaces: { matchLabels: { team: 'red' } } };
const BLUE = { namespaces: { matchLabels: { team: 'blue' } } };
const DB = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'db' } } } };
const admin = (name: string, priority: number, spec: object): object => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'AdminNetworkPolicy',
  metadata: { name },
  spec: { priority, subject: ALL, ...spec },
});
const baseline = (spec: object): object => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha1',
  kind: 'BaselineAdminNetworkPolicy',
  metadata: { name: 'default' },
  spec: { subject: ALL, ...spec },
});
const cnp = (name: string, tier: string, priority: number, spec: object): object => ({
  apiVersion: 'policy.networking.k8s.io/v1alpha2',
  kind: 'ClusterNetworkPolicy',
  metadata: { name },
  spec: { tier, priority, subject: ALL, ...spec },
});
const from = (action: string, peer: object, more: object = {}): object => ({ action, from: [peer], ...more });
const CLOSED = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: 'shop', name: 'closed' },
  spec: { podSelector: { matchLabels: { app: 'db' } }, ingress: [] },
};
const OPEN = { ...CLOSED, metadata: { namespace: 'shop', name: 'open' }, spec: { podSelector: {}, ingress: [{}] } };

test('what the Admin tier allows or denies no NetworkPolicy takes away', () => {
  assert.equal(verdict([CLOSED], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([CLOSED, admin('a', 5, { ingress: [from('Allow', RED)] })], 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict([OPEN, admin('a', 5, { ingress: [from('Deny', RED)] })], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([OPEN, admin('a', 5, { ingress: [from('Deny', BLUE)] })], 'shop/web', 'shop/db'), 'allowed');
  const facts = cluster([admin('a', 5, { subject: DB, ingress: [from('Deny', RED)] })]);
  const question = { from: endOf(facts, 'shop/web'), to: endOf(facts, 'shop/db'), protocol: 'TCP', port: 80 } as const;
  const { ingress } = policyVerdict(facts, question);
  assert.equal(ingress.says, 'spec.ingress[0] of AdminNetworkPolicy a denies it');
});

test('a lower priority is asked first, and in one policy the first rule that holds decides', () => {
  const [deny, allow] = [from('Deny', RED), from('Allow', ALL)];
  assert.equal(verdict([admin('a', 9, { ingress: [deny] }), admin('b', 3, { ingress: [allow] })], 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict([admin('a', 2, { ingress: [deny] }), admin('b', 3, { ingress: [allow] })], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([admin('a', 2, { ingress: [deny, allow] })], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([admin('a', 2, { ingress: [from('Pass', RED), deny] })], 'shop/web', 'shop/db'), 'allowed');
});

test('of two with the same priority that disagree nobody knows which is applied', () => {
  const [deny, allow] = [admin('a', 4, { ingress: [from('Deny', RED)] }), admin('b', 4, { ingress: [from('Allow', RED)] })];
  assert.equal(verdict([deny, allow], 'shop/web', 'shop/db'), 'unknown');
  assert.equal(verdict([deny, allow], 'ops/probe', 'shop/db'), 'allowed');
});

test('the Baseline tier decides about pods that no NetworkPolicy selects', () => {
  const closed = baseline({ ingress: [from('Deny', RED)] });
  assert.equal(verdict([closed], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([closed, OPEN], 'shop/web', 'shop/db'), 'allowed');
  assert.equal(verdict([closed, admin('a', 1, { ingress: [from('Pass', ALL)] })], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([closed], 'shop/web', 'shop/web'), 'allowed', 'a pod and itself');
});

test('egress is told nodes by their labels and networks by their prefixes, pods among them', () => {
  const to = (action: string, peer: object): object => admin('e', 1, { egress: [{ action, to: [peer] }] });
  const edge = { nodes: { matchLabels: { role: 'edge' } } };
  assert.equal(verdict([to('Deny', edge)], 'shop/db', '192.0.2.1'), 'denied');
  assert.equal(verdict([to('Deny', edge)], 'shop/db', '192.0.2.2'), 'allowed');
  assert.equal(verdict([to('Deny', edge)], 'shop/web', '192.0.2.1'), 'unknown', 'whether its own node stays open no text says');
  assert.equal(verdict([to('Deny', { networks: ['0.0.0.0/0'] })], 'shop/web', 'shop/db'), 'denied');
  assert.equal(verdict([to('Deny', { networks: ['198.51.100.0/24'] })], 'shop/web', '198.51.100.7'), 'denied');
  assert.equal(verdict([to('Deny', { domainNames: ['example.org'] })], 'shop/web', '198.51.100.7'), 'unknown');
});

test('ports are a number, a range or a name', () => {
  const on = (...ports: readonly object[]): object => admin('p', 1, { ingress: [from('Deny', ALL, { ports })] });
  const number = { portNumber: { protocol: 'TCP', port: 8080 } };
  const range = { portRange: { protocol: 'TCP', start: 8000, end: 8100 } };
  for (const port of [number, range, { namedPort: 'http' }]) assert.equal(verdict([on(port)], 'shop/web', 'shop/db'), 'denied');
  for (const port of [number, range, { namedPort: 'http' }]) assert.equal(verdict([on(port)], 'shop/web', 'shop/db', 9000), 'allowed');
  assert.equal(verdict([on({ portNumber: { protocol: 'UDP', port: 8080 } })], 'shop/web', 'shop/db'), 'allowed');
});

test('a ClusterNetworkPolicy says tier, Accept and protocols; who else than OVN-Kubernetes enforces them is not known', () => {
  const NONE = pod('shop', 'nobody', '10.244.0.9', {});
  const deny = from('Deny', RED, { protocols: [{ tcp: { destinationPort: { number: 8080 } } }] });
  const said = (policies: readonly object[], by: object = NONE): string => verdict(policies, 'shop/web', 'shop/db', 8080, by);
  assert.equal(said([cnp('c', 'Admin', 3, { ingress: [deny] })]), 'denied');
  assert.equal(said([CLOSED, cnp('c', 'Admin', 3, { ingress: [from('Accept', RED)] })]), 'allowed');
  assert.equal(said([OPEN, cnp('c', 'Baseline', 3, { ingress: [deny] })]), 'allowed');
  assert.equal(said([cnp('c', 'Baseline', 3, { ingress: [deny] })]), 'denied');
  assert.equal(said([cnp('c', 'Admin', 3, { ingress: [from('Deny', RED, { protocols: [{ udp: {} }] })] })]), 'allowed');
  assert.equal(said([cnp('c', 'Admin', 3, { ingress: [deny] })], CILIUM), 'unknown');
  assert.equal(said([cnp('c', 'Admin', 3, { ingress: [from('Accept', RED)] })], CILIUM), 'allowed', 'it is the same without');
});

test('what one API allows is unknown where another one denies as soon as nobody enforces the first', () => {
  const [closed, accept] = [baseline({ ingress: [from('Deny', RED)] }), cnp('c', 'Admin', 3, { ingress: [from('Accept', RED)] })];
  assert.equal(verdict([closed, accept], 'shop/web', 'shop/db'), 'unknown', 'OVN-Kubernetes enforces the first for sure');
  assert.equal(verdict([closed, accept], 'ops/probe', 'shop/db'), 'allowed', 'it is the same either way');
  const surely = admin('a', 1, { ingress: [from('Deny', RED)] });
  assert.equal(verdict([surely, cnp('c', 'Baseline', 3, { ingress: [from('Accept', RED)] })], 'shop/web', 'shop/db'), 'denied');
  const [allow, deny] = [admin('a', 1, { ingress: [from('Allow', RED)] }), cnp('c', 'Baseline', 3, { ingress: [from('Deny', RED)] })];
  assert.equal(verdict([allow, deny], 'shop/web', 'shop/db', 8080, CILIUM), 'unknown');
  assert.equal(verdict([allow, deny], 'shop/web', 'shop/db'), 'allowed');
});

test('a field that is not understood is unknown where it may decide', () => {
  const odd = { ingress: [from('Deny', RED, { weekdays: ['Mon'] })] };
  assert.equal(verdict([admin('a', 1, odd)], 'shop/web', 'shop/db'), 'unknown');
  assert.equal(verdict([admin('a', 1, odd)], 'ops/probe', 'shop/db'), 'allowed');
  assert.equal(verdict([admin('a', 1, { ingress: [from('Audit', RED)] })], 'shop/web', 'shop/db'), 'unknown');
  assert.equal(verdict([admin('a', 1, { ingress: [from('Deny', { sameLabels: ['team'] })] })], 'shop/web', 'shop/db'), 'unknown');
  assert.equal(verdict([cnp('c', 'Platform', 1, { ingress: [from('Deny', RED)] })], 'shop/web', 'shop/db'), 'unknown');
});

/** Hand-made after NamespacedPeer and NamespacedPodPeer of network-policy-api v0.1.0. */
test('a peer of an early v1alpha1 holds nobody knows whom, where the labels of today would stand', () => {
  const said = (peer: object): string => verdict([admin('a', 1, { ingress: [from('Deny', peer)] })], 'ops/probe', 'shop/db');
  for (const namespaces of [
    { namespaceSelector: { matchLabels: { team: 'red' } } },
    { sameLabels: ['team'] },
    { notSameLabels: ['team'] },
  ]) {
    assert.equal(said({ namespaces }), 'unknown', JSON.stringify(namespaces));
    assert.equal(said({ pods: { namespaces, podSelector: {} } }), 'unknown', JSON.stringify(namespaces));
  }
  assert.equal(said({ pods: { podSelector: { matchName: 'probe' } } }), 'unknown');
  assert.equal(said({ pods: { podSelector: {} } }), 'denied', 'every namespace');
});

test('a rule that names neither peers nor ports holds nobody knows what', () => {
  const said = (rule: object): string => verdict([admin('a', 1, { ingress: [rule] })], 'shop/web', 'shop/db');
  for (const rule of [{ action: 'Deny' }, { action: 'Deny', from: [] }, from('Deny', RED, { ports: [] })])
    assert.equal(said(rule), 'unknown');
  assert.equal(said(from('Deny', BLUE, { ports: [] })), 'allowed', 'its peers do not hold');
  const both = { ports: [{ portNumber: { port: 8080 } }], protocols: [{ tcp: {} }] };
  assert.equal(said(from('Deny', RED, both)), 'unknown');
});

test('what a field of a peer, a port or a policy would hold is not guessed', () => {
  const said = (spec: object): string => verdict([admin('a', 1, spec)], 'shop/web', 'shop/db');
  const rule = from('Deny', RED);
  for (const spec of [
    { weekdays: ['Mon'], ingress: [rule] },
    { subject: { nodes: {} }, ingress: [rule] },
    { ingress: [from('Deny', { namespaces: {}, pods: {} })] },
    { ingress: [from('Deny', RED, { ports: [{ portNumber: { port: 8080 }, namedPort: 'http' }] })] },
    { ingress: [from('Deny', RED, { ports: [{ portRange: { start: 1 } }] })] },
    { ingress: [from('Deny', RED, { protocols: [{ icmp: {} }] })] },
    { ingress: [from('Deny', RED, { protocols: [{ tcp: { sourcePort: 1 } }] })] },
    { ingress: [from('Deny', RED, { protocols: [{ tcp: { destinationPort: {} } }] })] },
    { ingress: [from('Deny', RED, { protocols: [{ tcp: {}, udp: {} }] })] },
  ])
    assert.equal(said(spec), 'unknown', JSON.stringify(spec));
  assert.equal(said({ ingress: [from('Deny', RED, { protocols: [{ destinationNamedPort: 'http' }] })] }), 'denied');
  assert.equal(
    said({ ingress: [from('Deny', RED, { protocols: [{ tcp: { destinationPort: { range: { start: 1, end: 79 } } } }] })] }),
    'allowed',
  );
  const networks = { egress: [{ action: 'Deny', to: [{ networks: ['198.51.100.0/24', 'example.org'] }] }] };
  assert.equal(verdict([admin('a', 1, networks)], 'shop/web', '203.0.113.7'), 'unknown');
});

test('of two APIs nobody knows which comes first, whatever their priorities', () => {
  const both = [admin('a', 1, { ingress: [from('Deny', RED)] }), cnp('c', 'Admin', 5, { ingress: [from('Accept', RED)] })];
  assert.equal(verdict(both, 'shop/web', 'shop/db'), 'unknown');
});

test('a pod and itself are no concern of theirs, and whether its own node is, of either tier, no text says', () => {
  assert.equal(verdict([admin('a', 1, { ingress: [from('Deny', ALL)] })], 'shop/web', 'shop/web'), 'allowed');
  const own = { egress: [{ action: 'Deny', to: [{ networks: ['192.0.2.0/24'] }] }] };
  for (const policy of [admin('a', 1, own), baseline(own)]) {
    assert.equal(verdict([policy], 'shop/web', '192.0.2.1'), 'unknown');
    assert.equal(verdict([policy], 'shop/web', '192.0.2.2'), 'denied');
  }
});

test('beside tiers of Calico they are not evaluated', () => {
  const CALICO = pod('kube-system', 'calico-node-x7k2p', '192.0.2.1', {}, { hostNetwork: true });
  const deny = admin('a', 1, { ingress: [from('Deny', RED)] });
  assert.equal(verdict([], 'shop/web', 'shop/db', 8080, CALICO), 'allowed');
  assert.equal(verdict([deny], 'shop/web', 'shop/db', 8080, CALICO), 'unknown');
});

test('a name of a port is one of the pod’s of that protocol, and no address has names', () => {
  const named = { ports: [{ namedPort: 'http' }] };
  const facts = cluster([admin('a', 1, { ingress: [from('Deny', ALL, named)] })]);
  const [web, db] = [endOf(facts, 'shop/web'), endOf(facts, 'shop/db')];
  const by = (protocol: 'TCP' | 'UDP'): string => policyVerdict(facts, { from: web, to: db, protocol, port: 8080 }).is;
  assert.deepEqual([by('TCP'), by('UDP')], ['denied', 'allowed']);
  const outward = { egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }], ...named }] };
  assert.equal(verdict([admin('a', 1, outward)], 'shop/web', '198.51.100.7'), 'allowed');
});

test('labels that nobody told of, and nodes that were not all listed, are unknown where they decide', () => {
  const to = (peer: object): object => admin('e', 1, { egress: [{ action: 'Deny', to: [peer] }] });
  const edge = { nodes: { matchLabels: { role: 'edge' } } };
  const part = (facts: Facts): Facts => {
    const nodes = facts.partition('node', CLUSTER);
    assert.ok(nodes !== undefined);
    const [bare, ...others] = nodes.facts.toSorted((one, other) => other.name.localeCompare(one.name));
    assert.ok(bare !== undefined);
    return facts.with({ ...nodes, facts: [{ ...bare, labels: undefined }, ...others], covers: [] });
  };
  const asked = (facts: Facts, from: PolicyEnd, to: PolicyEnd): string => policyVerdict(facts, { from, to, protocol: 'TCP', port: 80 }).is;
  const [whole, some] = [cluster([to(edge)]), part(cluster([to(edge)]))];
  const [web, db] = [endOf(whole, 'shop/web'), endOf(whole, 'shop/db')];
  const [far, b] = [endOf(whole, '198.51.100.7'), endOf(whole, '192.0.2.2')];
  assert.deepEqual([asked(whole, web, far), asked(some, web, far)], ['allowed', 'unknown'], 'it may be the address of a node');
  assert.deepEqual([asked(whole, web, b), asked(some, web, b)], ['allowed', 'unknown']);
  assert.equal(asked(some, web, db), 'allowed', 'a pod is no node');
  assert.ok(db.is === 'pod');
  const untold: PolicyEnd = { ...db, pod: { ...db.pod, labels: undefined } };
  const toward = (peer: object): string => asked(cluster([to(peer)]), web, untold);
  assert.deepEqual([toward(DB), toward(ALL)], ['unknown', 'denied']);
});

test('the same kind of another API, or of a version that is not known, is not evaluated', () => {
  const antrea = { ...cnp('c', 'Admin', 1, { ingress: [] }), apiVersion: 'crd.antrea.io/v1beta1' };
  const old = { ...admin('a', 1, { ingress: [] }), apiVersion: 'policy.networking.k8s.io/v1alpha9' };
  for (const policy of [antrea, old]) assert.equal(verdict([policy], 'shop/web', 'shop/db'), 'unknown');
});
