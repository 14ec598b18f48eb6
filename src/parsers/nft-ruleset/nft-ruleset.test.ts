import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import nftRuleset from './nft-ruleset.ts';

const tables = (name: string, userland: 'debian-11' | 'debian-12' = 'debian-12') =>
  byKey(parseRecorded(nftRuleset, userland, name), 'nft', ({ family, name: own }) => `${family} ${own}`);

test('base chains tell hook, priority and policy', () => {
  const input = tables('native.nft-list-ruleset').get('inet lab-firewall')?.chains[0];
  assert.deepEqual(input?.base, { type: 'filter', hook: 'input', priority: 0, policy: 'drop', devices: [] });
  assert.equal(input.rules.length, 13);
  assert.ok((input.origin.line ?? 0) > 200);
  const proxy = tables('native.nft-list-ruleset').get('ip kube-proxy');
  assert.equal(proxy?.chains.find(({ name }) => name === 'filter-prerouting-pre-dnat')?.base?.priority, -110);
  assert.equal(tables('native.nft-list-ruleset').get('bridge lab-bridge')?.chains[0]?.base?.priority, -200);
  assert.deepEqual(tables('native.nft-list-ruleset').get('netdev lab-ingress')?.chains[0]?.base?.devices, ['lo']);
});

test('tables of iptables-nft are left to iptables-save, with or without the warning of nft', () => {
  assert.deepEqual([...tables('foreign.nft-list-ruleset').keys()], []);
  assert.deepEqual([...tables('foreign.nft-list-ruleset', 'debian-11').keys()], []);
});

test('a ruleset that is cut, and lines outside of tables, are problems', () => {
  const parsed = parseText(nftRuleset, 'hello\ntable ip x {\n\tchain y {\n');
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [1, 3],
  );
  assert.deepEqual(parsed.readings[0]?.covers, []);
});
