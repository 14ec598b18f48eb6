import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { trace } from '../trace.ts';

/** Both backends hold a table mangle on node A; a packet is forwarded there, marked by the one, and its mark asked for. */
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope } = healthy.node('A');

function ends(text: string) {
  const marked = healthy
    .rule(scope, 'mangle', '-A FORWARD -j MARK --set-mark 0x4', 0)
    .rule(scope, 'filter', '-A FORWARD -m mark --mark 0x4 -j DROP', 0);
  const own = marked.facts.partition('iptables', scope);
  assert.ok(own !== undefined);
  const other = healthy
    .rule(scope, 'mangle', text, 0)
    .facts.partition('iptables', scope)
    ?.facts.find(({ table }) => table === 'mangle');
  assert.ok(other !== undefined);
  const backend = own.facts[0]?.backend === 'nft' ? 'legacy' : 'nft';
  const facts = marked.facts.with({ ...own, facts: [...own.facts, { ...other, backend }] });
  return trace(worldOf(facts), { from: healthy.pod('B').scope, to: healthy.pod('A').address, protocol: 'tcp', port: 80 }).outcomes;
}

test('which of two tables at one priority comes first is asked only on the hooks where both have rules (nf_hook_entries_grow)', () => {
  const [only, ...others] = ends('-A INPUT -j MARK --set-mark 0x1');
  assert.deepEqual([only?.works, only?.choices, others], ['no', [], []]);
  assert.deepEqual(
    ends('-A FORWARD -j MARK --set-mark 0x1').map(({ works }) => works),
    ['unknown'],
  );
});
