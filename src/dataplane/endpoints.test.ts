import assert from 'node:assert/strict';
import test from 'node:test';
import { type Ip, ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { written } from '#testing/built/written';
import { cluster } from '#testing/world-builder';
import { resolveEndpoint } from './endpoints.ts';
import { podBridges, podNamespaces } from './pods.ts';

const { facts } = cluster();
const built = cluster();

test('pods, nodes, captured namespaces and addresses are found by what people write', () => {
  const pod = built.pod('D');
  const names = ['default/web-d', 'web-d', 'pod/default/web-d', `D/${pod.netns}`, pod.netns, pod.address];
  for (const name of names) {
    const resolved = resolveEndpoint(facts, name);
    assert.ok(resolved.is === 'found', name);
    assert.deepEqual(resolved.endpoint.scope, pod.scope);
    assert.equal(resolved.endpoint.address, pod.address);
  }
  const node = resolveEndpoint(facts, 'D');
  assert.ok(node.is === 'found' && node.endpoint.kind === 'node' && node.endpoint.address === built.node('D').address);
  const foreign = resolveEndpoint(facts, '192.0.2.1');
  assert.ok(foreign.is === 'found' && foreign.endpoint.scope === null);
});

test('a Service is found by what programs call it: its name in DNS', () => {
  const policy = USUAL_POLICY;
  const web = { namespace: 'default', name: 'web', type: 'ClusterIP', clusterIps: [ip`10.96.31.62`], ports: [], selector: null, policy };
  const served = facts.with(written('service', CLUSTER, 'api/services', [web]));
  for (const name of ['default/web', 'web.default.svc', 'web.default.svc.cluster.local', 'svc/web.default.svc.corp.example.']) {
    const resolved = resolveEndpoint(served, name);
    assert.ok(resolved.is === 'found', name);
    assert.deepEqual([resolved.endpoint.kind, resolved.endpoint.name], ['service', 'svc/default/web'], name);
  }
  assert.equal(resolveEndpoint(served, 'web.shop.svc.cluster.local').is, 'problem', 'of another namespace');
});

test('a node whose addresses were not read is at no other node’s: its object tells, or nothing does', () => {
  const blind = built.without('address', built.node('D').scope).facts;
  assert.equal(blind.seen('lease', CLUSTER).is, 'seen', 'leases tell addresses, and not of whom');
  const unknown = resolveEndpoint(blind, 'D');
  assert.deepEqual(unknown.is === 'found' && unknown.endpoint.address, null);
});

test('a name that nothing has says what was tried and what is near', () => {
  const resolved = resolveEndpoint(facts, 'default/wep-d');
  assert.ok(resolved.is === 'problem');
  assert.match(resolved.says, /names no node, pod, captured namespace or Service; near: default\/web-d/);
  const far = resolveEndpoint(facts, 'shop/checkout-7d9f');
  assert.match(far.is === 'problem' ? far.says : '', /or Service; known: A, B, C, D, default\/\S+, default\/\S+ …$/);
});

test('a namespace is a pod by its address or its bridge, else it is unplaced', () => {
  assert.ok(podNamespaces(facts).every(({ placedBy, bridge }) => placedBy === 'its address lies in a pod subnet' && bridge === 'cni0'));
  assert.equal(podNamespaces(facts).length, 8);
  assert.deepEqual(
    podBridges(facts, 'D').map(({ name }) => name),
    ['cni0'],
  );
  const { scope, veth } = built.pod('D');
  const lone = built
    .drop('address', scope, ({ dev }) => dev === 'eth0')
    .link(built.node('D').scope, veth, { master: null })
    .change('namespace', built.node('D').scope, scope.netns, { pod: null });
  const unplaced = podNamespaces(lone.facts).find((pod) => pod.scope.netns === scope.netns);
  assert.equal(unplaced?.placedBy, null);
});

test('outside of every pod subnet and on no bridge, an address in the range of the pod bridge makes a namespace a pod, another none', () => {
  const { scope: node, bridge } = built.node('D');
  const { scope, veth } = built.pod('D');
  const off = built
    .change('address', node, ({ dev }) => dev === bridge, { address: ip`172.17.0.1`, length: 16 })
    .link(node, veth, { master: null })
    .change('namespace', node, scope.netns, { pod: null });
  const placedWith = (address: Ip, length: number, of = off): string | null | undefined => {
    const { facts: moved } = of.change('address', scope, ({ dev }) => dev === 'eth0', { address, length, scope: undefined });
    return podNamespaces(moved).find((pod) => pod.scope.netns === scope.netns)?.placedBy;
  };
  const IN_RANGE = 'its address lies in the range of the pod bridge';
  assert.equal(placedWith(ip`172.17.0.2`, 16), IN_RANGE);
  assert.equal(placedWith(ip`172.18.0.2`, 16), null);
  const onBridge = (address: Ip, length: number): typeof off =>
    off.change('address', node, ({ dev }) => dev === bridge, { address, length });
  const six = onBridge(ip`fd00:17::1`, 64);
  assert.deepEqual([placedWith(ip`fd00:17::2`, 64, six), placedWith(ip`fd00:18::2`, 64, six)], [IN_RANGE, null]);
  assert.equal(placedWith(ip`fd00:17::1`, 128, onBridge(ip`fd00:17::1`, 128)), null, 'one address is no range');
  assert.equal(placedWith(ip`fe80::2`, 64, onBridge(ip`fe80::1`, 64)), null, 'that range is on every link');
});
