import assert from 'node:assert/strict';
import test from 'node:test';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { podNamespaces } from '#dataplane/pods';
import { type Cidr, cidrOf } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { onDevice } from '#testing/built/devices';
import { dualStack, six } from '#testing/built/dual-stack';
import { cluster } from '#testing/world-builder';
import { nodeAddresses, oneOfEach, podAddresses } from './addresses.ts';

const built = cluster({ nodes: 1, podsPerNode: 1 });
const [node, pod] = [built.node('A'), built.pod('A')];
const facts = dualStack(built);

/** With further addresses of a device, listed before its own. */
function having(all: Facts, scope: Scope, dev: string, own: readonly (readonly [Ip, Partial<FactOf<'address'>>])[]): Facts {
  const addresses = all.partition('address', scope);
  const [first] = addresses?.facts ?? [];
  assert.ok(addresses !== undefined && first !== undefined);
  const further = own.map(([address, more]) => ({ ...onDevice(dev, address, 64, null), origin: first.origin, ...more }));
  return all.with({ ...addresses, facts: [...further, ...addresses.facts] });
}

/** With the object of the node: its addresses, and the subnets of its pods. */
function withObject(internalIps: readonly Ip[], podCidrs: readonly Cidr[] = []): Facts {
  const told = { name: 'A', internalIps, podCidrs, ready: undefined, kubeletVersion: undefined, annotations: undefined, labels: undefined };
  const partition = { kind: 'node', scope: CLUSTER, facts: [{ ...told, origin: { file: 'api/nodes' } }], looks: [] };
  return facts.with({ ...partition, readings: [{ file: 'api/nodes' }], covers: true } as never);
}

/** Nobody is known by these. */
const OTHERS = [
  [ip`fe80::1`, { scope: 'link' }],
  [ip`fd00:9::1`, { scope: 'host' }],
  [ip`2001:db8::1`, { deprecated: true }],
  [ip`2001:db8::2`, { temporary: true }],
] as const;

test('of each family the first one counts, in their order', () => {
  const [a, b, c] = [ip`fd00::1`, ip`192.0.2.1`, ip`fd00::2`];
  assert.deepEqual(oneOfEach([null, a, undefined, b, c]), [a, b]);
});

test('a node is known by what its object tells, else by what the device of its first address has', () => {
  const other = ip`2001:db8::7`;
  assert.deepEqual(nodeAddresses(withObject([node.address, other]), 'A'), [node.address, other]);
  assert.deepEqual(nodeAddresses(withObject([node.address]), 'A'), [node.address], 'its object tells of one alone');
  assert.deepEqual(nodeAddresses(having(facts, onNode('A'), node.uplink, OTHERS), 'A'), [node.address, six(node.address)]);
});

test('a pod that no object tells of is known by what it has in the pods’ subnets', () => {
  const own = (all: Facts) => podNamespaces(all).find(({ scope }) => scope.netns === pod.scope.netns);
  const subnets = withObject([], [node.subnet, cidrOf(six(pod.address), 64)]);
  assert.deepEqual(podAddresses(subnets, own(subnets), null), [pod.address, six(pod.address)]);
  assert.deepEqual(podAddresses(facts, own(facts), null), [pod.address], 'no subnet of IPv6 is known');
  const before = having(subnets, pod.scope, pod.device, [...OTHERS, [ip`2001:db8::9`, {}]]);
  assert.deepEqual(podAddresses(before, own(before), null), [pod.address, six(pod.address)]);
  const object = facts.seen('pod', CLUSTER);
  const told = object.is === 'gap' ? undefined : object.value.find(({ addresses }) => addresses.includes(pod.address));
  assert.ok(told !== undefined);
  assert.deepEqual(podAddresses(facts, own(facts), { ...told, addresses: [pod.address] }), [pod.address], 'its object tells of one alone');
});
