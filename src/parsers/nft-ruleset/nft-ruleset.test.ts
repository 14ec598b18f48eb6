import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
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

test('what ebtables-nft made is told by nft alone, also under its warning', () => {
  const text = `# Warning: table bridge filter is managed by iptables-nft, do not touch!
table bridge filter {
	chain FORWARD {
		type filter hook forward priority filter; policy accept;
		ether type ip ip daddr 192.0.2.4 counter packets 0 bytes 0 drop
		counter packets 0 bytes 0 xt target "mark"
	}
}
`;
  const parsed = parseText(nftRuleset, text, { argv: ['nft', 'list', 'ruleset'], exit: 0 });
  const [table] = factsOf(parsed, 'nft');
  assert.deepEqual([table?.family, table?.chains[0]?.rules.length], ['bridge', 2]);
  assert.equal(parsed.problems.length, 1, 'a target of xtables');
});

test('a kernel without nf_tables has no tables, and that is known', () => {
  const argv = ['sh', '-c', '! grep -q "^nf_tables " /proc/modules || nft list ruleset'];
  assert.equal(parseText(nftRuleset, '', { argv, exit: 0 }).readings[0]?.covers, true);
});

test('a table of nft that bears a name of iptables is native when its rules do not count', () => {
  const ruleset = (rule: string) =>
    `table ip filter {\n\tchain INPUT {\n\t\ttype filter hook input priority filter; policy drop;\n\t\t${rule}\n\t}\n}\n`;
  assert.equal(parseText(nftRuleset, ruleset('tcp dport 22 accept')).readings[0]?.facts.length, 1);
  assert.equal(parseText(nftRuleset, ruleset('tcp dport 22 counter packets 1 bytes 60 accept')).readings[0]?.facts.length, 0);
});

test('what is not understood of a rule is a problem with its line; the rest is read', () => {
  const text = 'table inet t {\n\tchain c {\n\t\ttcp dport 80 osf name "Linux" accept\n\t\tdrop\n\t}\n}\n';
  const parsed = parseText(nftRuleset, text, { argv: ['nft', 'list', 'ruleset'], exit: 0 });
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [3],
  );
  assert.equal(parsed.readings[0]?.covers, true);
  const [table] = factsOf(parsed, 'nft');
  assert.deepEqual(
    table?.chains[0]?.rules.map(({ statements }) => statements.map(({ does }) => does)),
    [['match', 'unknown'], ['verdict']],
  );
});

test('a ruleset that is cut, and lines outside of tables, are problems', () => {
  const parsed = parseText(nftRuleset, 'hello\ntable ip x {\n\tchain y {\n');
  assert.deepEqual(
    parsed.problems.map(({ line }) => line),
    [1, 3],
  );
  assert.deepEqual(parsed.readings[0]?.covers, []);
});
