import assert from 'node:assert/strict';
import test from 'node:test';
import { onNode } from '#snapshot/scope';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { enforcerOf } from './enforcer.ts';

const built = cluster({ nodes: 2 });

test('flannel alone enforces nothing', () => {
  assert.equal(enforcerOf(built.facts).is, 'not enforced');
});

test("who enforces policies is told by a table of nftables too, as by Calico's in its nftables mode", () => {
  const by = (table: string): string | undefined => {
    const enforcer = enforcerOf(withNft(built, onNode('A'), `table ip ${table} {\n\tchain c {\n\t}\n}\n`).facts);
    return enforcer.is === 'enforced' ? enforcer.by : enforcer.is;
  };
  assert.deepEqual([by('calico'), by('kube-network-policies'), by('mine')], ['Calico', 'kube-network-policies', 'not enforced']);
});
