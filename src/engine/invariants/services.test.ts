import assert from 'node:assert/strict';
import { test } from 'node:test';
import addressAction, { addAddress } from '#actions/address/preview';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
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

test("where a device holds a Service's address, the node's own reset is no answer of the Service's", () => {
  const built = cluster({ nodes: 2 });
  const [web] = built.services.filter(({ name }) => name === 'default/web:http');
  const { scope, bridge } = built.node('A');
  const held = addressAction.preview(built.facts, addAddress(scope, bridge, ip`${web?.clusterIp ?? ''}`, 32));
  assert.ok(held.is === 'facts');
  const kept = built.having(held.facts);
  const isNat = ({ table }: { readonly table: string }): boolean => table === 'nat';
  const lost = kept.change('iptables', scope, isNat, (table) => ({
    ...table,
    chains: table.chains.map((one) => (one.name === 'KUBE-SERVICES' ? { ...one, rules: [] } : one)),
  }));
  const answers = ({ facts }: typeof built) =>
    serviceChecks(facts)
      .filter(({ id, flow }) => flow?.from.node === 'A' && id.includes('default/web:http'))
      .map((check) => check.ask(worldOf(facts)));
  assert.ok(answers(kept).length > 1 && answers(kept).every(({ result }) => result === 'pass'));
  assert.deepEqual(
    answers(lost).map(({ result }) => result),
    answers(kept).map(() => 'fail'),
  );
  const outcomes = answers(lost).flatMap((answer) => answer.outcomes);
  assert.deepEqual([...new Set(outcomes.map(({ disposition }) => disposition))], ['no listener']);
  // it ended on its way there
  assert.ok(outcomes.every(({ reply }) => reply === null));
});
