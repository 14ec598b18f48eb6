import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawCluster } from '../draw/cluster.ts';
import { nodeLinks, podLinks } from '../world/node-links.ts';
import { forgettingIn } from './forgetting.ts';

const cluster = drawCluster('used', { backends: ['nft'] });
const timed = (lines: readonly string[]): readonly string[] => lines.filter((line) => line.startsWith('ntable ')).toSorted();

test('on a cluster that was used every device asks as often as when it was raised, whoever made it anew', () => {
  const told = forgettingIn(cluster);
  const raised = cluster.nodes.flatMap((node) => [
    { at: { node: node.name }, lines: timed(nodeLinks(cluster, node)) },
    ...node.pods.map((pod) => ({ at: { pod: pod.name }, lines: timed(podLinks(node, pod)) })),
  ]);
  assert.deepEqual(
    told.map(({ at, lines }) => ({ at, lines: timed(lines) })),
    raised,
  );
  assert.ok(raised.every(({ lines }) => lines.length > 0));
});

test('what was learned goes in every namespace', () => {
  assert.ok(forgettingIn(cluster).every(({ lines }) => lines.includes('neigh flush all') && lines.includes('route flush cache')));
});
