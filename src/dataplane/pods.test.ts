import assert from 'node:assert/strict';
import test from 'node:test';
import type { Pod } from '#facts/pod/pod';
import { CLUSTER, onNode } from '#snapshot/scope';
import { withApi } from '#testing/built/api';
import { cluster } from '#testing/world-builder';
import { podNamespaces } from './pods.ts';

test('a pod that is over keeps its address in its object, and is not whoever has that address now', () => {
  // no runtime tells whose namespaces they are
  const healthy = withApi(cluster({ nodes: 1 })).without('namespace', onNode('A'));
  const pods = healthy.partition('pod', CLUSTER);
  const names = (facts: typeof healthy): readonly (string | null)[] => podNamespaces(facts).map(({ name }) => name);
  const [first] = (pods?.facts ?? []) as readonly Pod[];
  assert.ok(pods !== undefined && first !== undefined);
  const done: Pod = { ...first, name: 'a-job-x7k2p', phase: 'Succeeded' };
  const facts = healthy.with({ ...pods, facts: [done, ...pods.facts] } as never);
  assert.deepEqual(names(facts), names(healthy));
});
