import assert from 'node:assert/strict';
import test from 'node:test';
import type { Service, ServicePolicy } from '#facts/service/service';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { cluster } from '#testing/world-builder';
import { CLUSTER } from '#snapshot/scope';
import { frontsIn, frontsOf } from './fronts.ts';
import { rangesOf, servicePorts } from './service-port.ts';

const healthy = withApi(cluster({ nodes: 2 }));

/** The cluster with default/web at other addresses. */
function web(policy: Partial<ServicePolicy>, clusterIps: Service['clusterIps'] = [ip`10.96.7.7`]) {
  const partition = healthy.partition('service', CLUSTER);
  assert.ok(partition !== undefined);
  const services = (partition.facts as readonly Service[]).map((one) =>
    one.name === 'web' ? { ...one, type: 'LoadBalancer', clusterIps, policy: { ...USUAL_POLICY, ...policy } } : one,
  );
  return healthy.with({ ...partition, facts: services } as never);
}

const vip = (address: ServicePolicy['externalIps'][number]) => ({ address, hostname: null, mode: 'VIP' }) as const;

const ranges = (family: 4 | 6, ...sourceRanges: ServicePolicy['sourceRanges']): readonly string[] => {
  const facts = web({ loadBalancer: [vip(ip`203.0.113.10`), vip(ip`2001:db8::10`)], sourceRanges }, [ip`10.96.7.7`, ip`fd00::7`]);
  const fronts = frontsIn(facts, family);
  const port = fronts.is === 'gap' ? undefined : servicePorts(fronts.value).find(({ balancers }) => balancers.length > 0);
  assert.ok(port !== undefined);
  return rangesOf(port);
};

test('a source range that holds everybody is as none at all, each family by itself', () => {
  assert.deepEqual(ranges(4, cidr`198.51.100.0/24`), ['198.51.100.0/24']);
  assert.deepEqual(ranges(4, cidr`198.51.100.0/24`, cidr`0.0.0.0/0`), []);
  assert.deepEqual(ranges(6, cidr`2001:db8::/64`, cidr`0.0.0.0/0`), ['2001:db8::/64']);
});

test('a Service is served only in the families of its cluster addresses, wherever it is found', () => {
  const facts = web({ loadBalancer: [vip(ip`203.0.113.10`), vip(ip`2001:db8::10`)], externalIps: [ip`2001:db8::11`] });
  const fronts = frontsOf(facts, 'A');
  assert.ok(fronts.is === 'seen');
  const own = fronts.value.filter(({ service }) => service.name === 'web');
  assert.ok(own.some(({ address }) => address === '203.0.113.10'));
  assert.deepEqual(
    own.filter(({ family }) => family === 6),
    [],
  );
  const none = frontsOf(web({ externalIps: [ip`198.51.100.11`] }, []), 'A');
  assert.ok(none.is === 'seen' && none.value.every(({ service }) => service.name !== 'web'), 'one without a cluster address is not served');
});
