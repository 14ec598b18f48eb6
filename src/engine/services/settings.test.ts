import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { ServicePolicy } from '#facts/service/service';
import { onNode } from '#snapshot/scope';
import { USUAL_POLICY } from '#testing/built/api';
import { changedObject, followedCluster } from '#testing/built/following';
import { cluster } from '#testing/world-builder';
import { deviationText } from './deviation-text.ts';
import { serviceDeviations } from './deviations.ts';

const healthy = followedCluster(cluster({ nodes: 3 }));

/** default/web with a node port and a policy, followed by every kube-proxy. */
const asked = (policy: Partial<ServicePolicy>): Facts =>
  changedObject(
    healthy,
    'service',
    ({ name }) => name === 'web',
    (service) => ({
      ...service,
      type: 'NodePort',
      ports: service.ports.map((port) => ({ ...port, nodePort: 30080 })),
      policy: { ...USUAL_POLICY, ...policy },
    }),
  );

/** The objects of one cluster, with what another one's rules are on a node. */
function ruled(objects: Facts, rules: Facts, node: string): Facts {
  const tables = rules.partition('iptables', onNode(node));
  return tables === undefined ? objects : objects.with(tables);
}

const said = (facts: Facts): readonly string[] => serviceDeviations(worldOf(facts)).map(deviationText);

test('rules that keep clients as long as the Service asks for deviate in nothing', () => {
  assert.deepEqual(said(asked({ affinitySeconds: 10_800 })), []);
});

test('rules that keep clients for another time, or not at all, deviate', () => {
  const long = asked({ affinitySeconds: 10_800 });
  assert.deepEqual(
    said(ruled(long, asked({}), 'B')).map((line) => line.split(': ').at(-1)),
    ['clients stay with an endpoint not at all, not for 10800 s'],
  );
  assert.deepEqual(
    said(ruled(asked({ affinitySeconds: 600 }), long, 'B')).map((line) => line.split(': ').at(-1)),
    ['clients stay with an endpoint for 10800 s, not for 600 s'],
  );
});

test("a balancer's way to the node's health is let in", () => {
  const checked = asked({ external: 'Local', healthCheckNodePort: 32100 });
  assert.deepEqual(said(checked), []);
  const [line, ...more] = said(ruled(checked, asked({ external: 'Local' }), 'B'));
  assert.match(line ?? '', /^the rules of B do not let a balancer in at healthCheckNodePort 32100 of default\/web$/);
  assert.deepEqual(more, []);
});
