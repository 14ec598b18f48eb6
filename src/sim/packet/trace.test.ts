import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import { trace } from './trace.ts';

const healthy = cluster();

test('every pod of a healthy cluster reaches every other', () => {
  const world = worldOf(healthy.facts);
  for (const from of healthy.nodes.flatMap(({ pods }) => pods)) {
    for (const to of healthy.nodes.flatMap(({ pods }) => pods)) {
      for (const protocol of ['icmp', 'tcp', 'udp'] as const) {
        const { outcomes } = trace(world, { from: from.scope, to: to.address, protocol, port: 80 });
        assert.equal(outcomes.length, 1);
        const [outcome] = outcomes;
        assert.equal(
          outcome?.works,
          'yes',
          `${from.name} to ${to.name} ${protocol}: ${outcome?.disposition} ${outcome?.reason.says} / ${outcome?.reply?.reason.says}`,
        );
      }
    }
  }
});

test('a node reaches every node and every pod, and pods reach nodes', () => {
  const world = worldOf(healthy.facts);
  for (const from of healthy.nodes) {
    for (const to of healthy.nodes) {
      const targets = [to.address, ...to.pods.map(({ address }) => address)];
      for (const address of targets) {
        const [outcome] = trace(world, { from: from.scope, to: address, protocol: 'icmp' }).outcomes;
        assert.equal(outcome?.works, 'yes', `${from.name} to ${address}: ${outcome?.reason.says} / ${outcome?.reply?.reason.says}`);
      }
      for (const pod of from.pods) {
        const [outcome] = trace(world, { from: pod.scope, to: to.address, protocol: 'icmp' }).outcomes;
        assert.equal(outcome?.works, 'yes', `${pod.name} to ${to.name}: ${outcome?.reason.says} / ${outcome?.reply?.reason.says}`);
      }
    }
  }
});

test('a Service is reached through each of its endpoints, from pods, nodes, and an endpoint itself', () => {
  const world = worldOf(healthy.facts);
  const client = healthy.pod('D', 1);
  const { outcomes } = trace(world, { from: client.scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 });
  assert.equal(outcomes.length, 3);
  assert.deepEqual(
    outcomes.map(({ received }) => received.destination),
    ['A', 'B', 'C'].map((name) => healthy.pod(name).address),
  );
  for (const { probability, works } of outcomes) {
    assert.ok(Math.abs((probability ?? 0) - 1 / 3) < 1e-6);
    assert.equal(works, 'yes');
  }
  const itself = trace(world, { from: healthy.pod('A').scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 });
  assert.deepEqual(
    itself.outcomes.map(({ works }) => works),
    ['yes', 'yes', 'yes'],
  );
  const node = trace(world, { from: healthy.node('B').scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 });
  assert.deepEqual(
    node.outcomes.map(({ works }) => works),
    ['yes', 'yes', 'yes'],
  );
});
