import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import { breaks } from '#testing/breaks';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { askFlow } from '../ask.ts';
import { podPairs } from './pod-pairs.ts';

const NODES = 34;
const many = cluster({ nodes: NODES, podsPerNode: 1 });
/** Half the ring away from all that cases break. */
const far = many.nodes[NODES / 2 + 1]?.subnet ?? '';

/** What fails where every pod is asked for every other. */
function failingOfAll({ nodes }: BuiltCluster, facts: Facts): readonly string[] {
  const world = worldOf(facts);
  return nodes.flatMap((from) =>
    nodes.flatMap((to) => {
      const [pod, peer] = [from.pods[0], to.pods[0]];
      if (pod === undefined || peer === undefined || from === to) return [];
      const fails = askFlow({ from: pod.scope, to: peer.address, protocol: 'icmp' })(world).result !== 'pass';
      return fails ? [`pod-pod ${from.name}→${to.name}`] : [];
    }),
  );
}

const echoes = (facts: Facts) => podPairs(facts).filter(({ kind }) => kind === 'pod-pod');

const failing = (facts: Facts): readonly string[] =>
  echoes(facts)
    .filter(({ ask }) => ask(worldOf(facts)).result !== 'pass')
    .map(({ id }) => id);

const cases: Readonly<Record<string, (built: BuiltCluster) => BuiltCluster>> = {
  'stale MAC of D': breaks['stale MAC of D'].make,
  'ip_forward off on D': breaks['ip_forward off on D'].make,
  'FDB entry of D missing on A': breaks['FDB entry of D missing on A'].make,
  'host firewall on D': breaks['host firewall on D'].make,
  'one node drops what comes from a far peer': (built) => built.rule(built.node('A').scope, 'filter', `-A FORWARD -s ${far} -j DROP`, 0),
  'one node drops what goes to some peers': (built) => built.rule(built.node('B').scope, 'filter', '-A FORWARD -d 10.0.0.0/9 -j DROP', 0),
  'the route to a far peer leads nowhere': (built) => built.drop('route', built.node('B').scope, ({ to }) => to === far),
};

for (const [name, make] of Object.entries(cases)) {
  test(`of many nodes each pair that fails is asked: ${name}`, () => {
    const built = make(many);
    const all = failingOfAll(built, built.facts);
    assert.ok(all.length > 0);
    assert.deepEqual(failing(built.facts).toSorted(), all.toSorted());
  });
}

test('of many nodes that are alike each is asked for few, and for its neighbours in every way', () => {
  const checks = podPairs(many.facts);
  assert.equal(checks.filter(({ kind }) => kind === 'pod-pod-tcp').length, NODES * 6);
  assert.ok(echoes(many.facts).length <= NODES * 12);
});

test('what fails to one node makes nobody ask for all others', () => {
  const { facts } = breaks['stale MAC of D'].make(many);
  assert.ok(echoes(facts).length <= NODES * 14);
});
