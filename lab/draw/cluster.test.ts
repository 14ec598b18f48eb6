import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberOf, prefixOf, sizeOf } from './address.ts';
import { drawCluster, drawnAnew, STORY_SEED } from './cluster.ts';
import { diceOf } from './dice.ts';

const seeds = Array.from({ length: 200 }, (_, at) => `seed-${at}`);

test('the story is the cluster of seed 002', () => {
  const { nodes, victim, peer, underlay } = drawCluster(STORY_SEED);
  assert.deepEqual(
    nodes.map(({ name }) => name),
    ['A', 'B', 'C', 'D'],
  );
  assert.deepEqual([victim.name, victim.subnet], ['D', '10.100.41.0/24']);
  assert.deepEqual([peer.name, peer.subnet], ['A', '10.100.54.0/24']);
  assert.equal(underlay.cidr, '192.168.1.0/24');
});

test('the same seed draws the same cluster', () => {
  const text = (seed: string): string => JSON.stringify(drawCluster(seed));
  for (const seed of seeds.slice(0, 20)) assert.equal(text(seed), text(seed));
  assert.equal(new Set(seeds.map(text)).size, seeds.length);
});

test('a cluster that is used again keeps its machines and their parts, and draws anew', () => {
  const cluster = drawCluster('seed-0');
  const again = seeds.map((seed) => drawnAnew(cluster, seed));
  assert.ok(again.every(({ nodes, victim, peer }) => nodes === cluster.nodes && victim === cluster.victim && peer === cluster.peer));
  assert.equal(new Set(again.map(({ dice }) => dice(2 ** 31))).size, seeds.length);
});

test('every drawn cluster is consistent: sizes, subnets inside the network and apart, own addresses, three different players', () => {
  for (const seed of seeds) {
    const { nodes, victim, peer, other, network } = drawCluster(seed);
    assert.ok(nodes.length >= 3 && nodes.length <= 7);
    assert.equal(new Set([victim, peer, other]).size, 3);
    const { base, length } = prefixOf(network);
    const starts = nodes.map((node) => numberOf(node.vtepAddress));
    assert.equal(new Set(starts).size, nodes.length);
    for (const start of starts) {
      const size = sizeOf(nodes[0]?.subnetLength ?? 24);
      assert.equal(start % size, 0);
      assert.ok(start >= numberOf(base) && start + size <= numberOf(base) + sizeOf(length));
    }
    const macs = nodes.flatMap((node) => [node.vtep.mac, node.uplinkMac, node.bridgeMac, ...node.pods.map(({ mac }) => mac)]);
    assert.equal(new Set(macs).size, macs.length);
    for (const { uplink, bridge, vtep, pods } of nodes) {
      for (const name of [uplink, bridge, vtep.device, ...pods.map(({ veth }) => veth)]) assert.ok(name.length <= 15, name);
    }
  }
});

test('what a scenario needs is drawn', () => {
  for (const seed of seeds) {
    const { nodes, iptables } = drawCluster(seed, { minNodes: 5, iptables: 'nft' });
    assert.ok(nodes.length >= 5);
    assert.equal(iptables, 'nft');
  }
});

test('dice are even enough, and a shuffle loses nothing', () => {
  const dice = diceOf('even');
  const counts = [0, 0, 0, 0, 0, 0];
  for (let turn = 0; turn < 6000; turn += 1) {
    const side = dice.roll(6);
    counts[side] = (counts[side] ?? 0) + 1;
  }
  for (const count of counts) assert.ok(count > 800 && count < 1200, `${counts}`);
  assert.deepEqual([...dice.shuffle([1, 2, 3, 4])].sort(), [1, 2, 3, 4]);
});
