import assert from 'node:assert/strict';
import test from 'node:test';
import { openSnapshots } from '#cli/open';
import type { Facts } from '#facts/facts';
import type { KindId } from '#facts/kinds';
import { cluster } from '#testing/world-builder';
import { recordedCaptures, smallWorld } from '#testing/small-world';

const OF_NODES: readonly KindId[] = [
  'link',
  'address',
  'route',
  'rule',
  'neighbour',
  'fdb',
  'iptables',
  'sysctl',
  'subnet-env',
  'namespace',
];
const OF_PODS: readonly KindId[] = ['link', 'address', 'route', 'rule', 'neighbour', 'sysctl'];

/** How many routes, neighbours and FDB entries lead a node to its peers. */
function tunnels(facts: Facts, node: string): readonly number[] {
  const scope = { node, netns: '' };
  const [routes, neighbours, fdb] = [facts.seen('route', scope), facts.seen('neighbour', scope), facts.seen('fdb', scope)];
  assert.ok(routes.is === 'seen' && neighbours.is === 'seen' && fdb.is === 'seen');
  return [
    routes.value.filter(({ table, hops }) => table === 'main' && hops.some(({ dev }) => dev === 'flannel.1')).length,
    neighbours.value.filter(({ dev, state }) => dev === 'flannel.1' && String(state).toLowerCase() === 'permanent').length,
    fdb.value.filter(({ dev, dst }) => dev === 'flannel.1' && typeof dst === 'string').length,
  ];
}

test('the cluster that is measured holds, node by node and pod by pod, what a real capture holds', async () => {
  const world = smallWorld();
  const { facts: real } = await openSnapshots(await recordedCaptures(world, 'healthy'), world);
  for (const nodes of [4, 5]) {
    const built = cluster({ nodes, podsPerNode: 2 });
    for (const node of built.nodes) {
      assert.deepEqual(tunnels(built.facts, node.name), [nodes - 1, nodes - 1, nodes - 1], node.name);
      for (const kind of OF_NODES) assert.ok((built.facts.partition(kind, node.scope)?.facts.length ?? 0) > 0, `${kind} on ${node.name}`);
      for (const pod of node.pods)
        for (const kind of OF_PODS) assert.ok(built.facts.partition(kind, pod.scope) !== undefined, `${kind} in ${pod.name}`);
    }
  }
  for (const node of real.nodes()) {
    assert.deepEqual(tunnels(real, node), [3, 3, 3], `${node} as recorded`);
    for (const kind of OF_NODES)
      assert.ok((real.partition(kind, { node, netns: '' })?.facts.length ?? 0) > 0, `${kind} on ${node} as recorded`);
    const pods = real.scopes(node, 'link').filter(({ netns }) => netns !== '');
    assert.equal(pods.length, 2);
    for (const scope of pods) for (const kind of OF_PODS) assert.ok(real.partition(kind, scope) !== undefined, `${kind} as recorded`);
  }
});
