import assert from 'node:assert/strict';
import { test } from 'node:test';
import { worldOf } from '#dataplane/world';
import { onNode } from '#snapshot/scope';
import { cluster } from '#testing/world-builder';
import { serviceChecks } from './services.ts';

/** `ip -4 addr` on a node and `ip -d link` in its pods: no device of the node is known as the other end of a pod's. */
test('what leaves a pod for a device that nobody knows has not passed the rules of its machine', () => {
  const built = cluster();
  const unknownEnds = built.without('link', onNode('A')).without('address', onNode('A'));
  const verdicts = (facts: typeof built.facts) => {
    const asked = serviceChecks(facts).filter(({ kind, id }) => kind === 'pod-service' && id.includes(built.pod('A').name));
    return new Set(asked.map((check) => check.ask(worldOf(facts)).result));
  };
  assert.deepEqual([...verdicts(built.facts)], ['pass']);
  assert.deepEqual([...verdicts(unknownEnds.facts)], ['unknown']);
});
