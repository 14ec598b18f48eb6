import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Front } from '#intent/kube-proxy/fronts';
import { frontsOf } from '#intent/kube-proxy/fronts';
import type { Facts } from '#facts/facts';
import { type Cidr, cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { cluster } from '#testing/world-builder';
import { outsideChecks } from '../invariants/outside.ts';
import { clientsOf } from './clients.ts';

/** The cluster with a Service at a load-balancer address that only some may use. */
function guarded(...sourceRanges: readonly Cidr[]): Facts {
  const facts = withApi(cluster({ nodes: 2 }));
  const partition = facts.partition('service', CLUSTER);
  if (partition === undefined) throw new Error('no services');
  const loadBalancer = [{ address: ip`203.0.113.10`, hostname: null, mode: 'VIP' }] as const;
  const services = partition.facts.map((service) => ({
    ...service,
    type: 'LoadBalancer',
    policy: { ...USUAL_POLICY, loadBalancer, sourceRanges },
  }));
  return facts.with({ ...partition, facts: services } as never);
}

function clients(...ranges: readonly Cidr[]): readonly string[] {
  const facts = guarded(...ranges);
  const fronts = frontsOf(facts, 'A');
  const front = fronts.is === 'gap' ? undefined : fronts.value.find(({ kind }: Front) => kind === 'load balancer');
  if (front === undefined) throw new Error('no front');
  return clientsOf(facts, front);
}

test('of a source range a machine is taken that can be outside: not network 0, not a node, not all of a subnet, not a pod', () => {
  const stranger = '198.51.100.77';
  assert.deepEqual(clients(), [stranger]);
  assert.deepEqual(clients(cidr`0.0.0.0/0`), [stranger]);
  assert.deepEqual(clients(cidr`203.0.113.128/25`), ['203.0.113.129', stranger]);
  assert.deepEqual(clients(cidr`203.0.113.7/32`), ['203.0.113.7', stranger]);
  assert.deepEqual(clients(cidr`192.168.1.0/24`), ['192.168.1.1', stranger]);
  assert.deepEqual(clients(cidr`192.168.1.10/31`), [stranger], 'both are nodes');
  assert.deepEqual(clients(cidr`0.0.0.0/8`, cidr`127.0.0.0/8`), [stranger]);
});

test('where only pods are let in, nobody outside is asked for', () => {
  const facts = guarded();
  const pods = worldOf(facts).facts.seen('lease', CLUSTER);
  const subnet = pods.is === 'gap' ? undefined : pods.value[0]?.subnet;
  assert.ok(subnet !== undefined);
  assert.deepEqual(clients(subnet), ['198.51.100.77']);
  assert.deepEqual(
    outsideChecks(guarded(subnet)).filter(({ id }) => id.includes('203.0.113.10')),
    [],
  );
});
