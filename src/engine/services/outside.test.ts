import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { ServicePolicy } from '#facts/service/service';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { USUAL_POLICY, withApi } from '#testing/built/api';
import { serviceChain } from '#testing/built/rules';
import { cluster } from '#testing/world-builder';
import { endsNamed } from '../reach/end.ts';
import { reached } from '../reach/pair.ts';
import { serviceDeviations } from './deviations.ts';

const built = cluster({ nodes: 4 });
const web = built.services.find(({ name }) => name === 'default/web:http');
const chain = web === undefined ? '' : serviceChain(web);

/** kube-proxy's rules for a NodePort and a load balancer with policy Cluster, on every node. */
const withRules = built.nodes.reduce((now, { scope }) => {
  const rules = [
    '-A KUBE-EXT-WEB -m comment --comment "masquerade traffic for default/web:http external destinations" -j KUBE-MARK-MASQ',
    `-A KUBE-EXT-WEB -j ${chain}`,
    '-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web:http" -m tcp --dport 30080 -j KUBE-EXT-WEB',
    '-A KUBE-SERVICES -d 203.0.113.10/32 -p tcp -m comment --comment "default/web:http loadbalancer IP" -m tcp --dport 80 -j KUBE-EXT-WEB',
  ];
  return rules.reduce((own, rule) => own.rule(scope, 'nat', rule), now);
}, built);

/** The cluster with the Service reached from outside, its policy as told. */
function facts(policy: Partial<ServicePolicy>, rules = withRules): Facts {
  const all = withApi(rules);
  const partition = all.partition('service', CLUSTER);
  if (partition === undefined) throw new Error('no services');
  const loadBalancer = [{ address: ip`203.0.113.10`, hostname: null, mode: 'VIP' }] as const;
  const services = partition.facts.map((service) =>
    service.name === 'web'
      ? {
          ...service,
          type: 'LoadBalancer',
          ports: service.ports.map((port) => ({ ...port, nodePort: 30080 })),
          policy: { ...USUAL_POLICY, loadBalancer, ...policy },
        }
      : service,
  );
  return all.with({ ...partition, facts: services } as never);
}

const said = (all: Facts): readonly string[] =>
  serviceDeviations(worldOf(all)).map(({ node, front, source, deviation }) => `${node} ${front.kind} ${source.is}: ${deviation.is}`);

test('clients outside, nodes and pods reach a Service at its node port and its load balancer', () => {
  assert.deepEqual(said(facts({})), []);
});

test('with policy Local only clients outside are bound to the endpoints of a node; a node without one should drop', () => {
  const lines = said(facts({ external: 'Local' }));
  assert.ok(lines.every((line) => line.includes(' outside: ')));
  assert.deepEqual(
    lines.filter((line) => line.startsWith('D')),
    ['D load balancer outside: answered', 'D node port outside: answered'],
  );
  assert.equal(lines.filter((line) => line === 'A load balancer outside: stale endpoint').length, 2);
});

test('whoever lies outside of the source ranges should be dropped, and is not', () => {
  const lines = said(facts({ sourceRanges: [cidr`192.0.2.0/24`] }));
  assert.deepEqual(
    lines,
    ['A', 'B', 'C', 'D'].flatMap((node) => ['pod', 'node', 'outside'].map((source) => `${node} load balancer ${source}: answered`)),
  );
});

test('what a balancer serves by itself (ipMode Proxy) is nothing for the nodes', () => {
  const proxied = facts({ loadBalancer: [{ address: ip`203.0.113.99`, hostname: null, mode: 'Proxy' }] });
  assert.deepEqual(said(proxied), []);
  const own = facts({ loadBalancer: [{ address: ip`203.0.113.99`, hostname: null, mode: 'VIP' }] });
  assert.equal(said(own).filter((line) => line.endsWith('not programmed')).length, 12);
});

/** How a client outside fares at the Service, or at an address, as `leadline reach` tells it. */
function asked(all: Facts, whom = 'svc/default/web', port = 80): readonly [string, string] {
  const [from, to] = ['198.51.100.77', whom].map((text) => endsNamed(all, text)[0]);
  if (typeof from !== 'object' || typeof to !== 'object') throw new Error('nobody');
  const { verdict, path } = reached(worldOf(all), from, to, { port, protocol: 'TCP' }, 'path');
  return [verdict, path?.says ?? ''];
}

test('a client outside is walked from the node where it comes in to a pod', () => {
  assert.equal(asked(facts({}))[0], 'yes');
  const annotations = { 'kube-vip.io/vipHost': 'B' };
  assert.match(asked(facts({ annotations }))[1], /announced there by kube-vip|node port/);
  const [verdict, says] = asked(facts({ sourceRanges: [cidr`192.0.2.0/24`] }));
  assert.deepEqual([verdict, says.includes('packets come to')], ['yes', true]); // its rules let it in, whatever the Service asks for
});

test('a client outside may ask at an address of a Service, and what stands at none is unknown', () => {
  assert.equal(asked(facts({}), '203.0.113.10')[0], 'yes');
  assert.equal(asked(facts({}), '203.0.113.10', 81)[0], 'unknown');
  assert.equal(asked(facts({}), '192.168.1.10', 30080)[0], 'yes');
  assert.equal(asked(facts({}), '192.168.1.10', 30081)[0], 'unknown');
});

test('who is turned away is told the rule, and whether the Service asks for that', () => {
  const drop = '-A FORWARD -s 198.51.100.0/24 -j DROP';
  const closed = built.nodes.reduce((now, { scope }) => now.rule(scope, 'filter', drop, 0), withRules);
  const [verdict, says] = asked(facts({}, closed));
  assert.equal(verdict, 'no');
  assert.match(says, /on the way to 10\.\S+: dropped on \S+ at \S+: FORWARD: DROP/);
  const guard = '-A KUBE-PROXY-FIREWALL -d 10.0.0.0/8 -s 198.51.100.0/24 -j DROP';
  const kept = built.nodes.reduce((now, { scope }) => now.rule(scope, 'filter', guard, 0), withRules);
  assert.equal(asked(facts({ sourceRanges: [cidr`192.0.2.0/24`] }, kept), '203.0.113.10')[0], 'no');
});
