import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import nftRulesetJson from '../nft-ruleset-json/nft-ruleset-json.ts';
import nftRuleset from './nft-ruleset.ts';

/** Listed by nft 1.0.6. */
const TEXT = `table ip t {
	chain pre {
		type nat hook prerouting priority dstnat; policy accept;
		dnat prefix to 10.9.0.0/24
		dnat to 10.9.0.0/24
		dnat ip prefix to ip daddr map { 10.141.11.0/24 : 192.168.2.0/24 }
	}
}
`;

const JSON_TEXT = `{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "t", "handle": 1}}, {"chain": {"family": "ip", "table": "t", "name": "pre", "handle": 1, "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}}, {"rule": {"family": "ip", "table": "t", "chain": "pre", "handle": 2, "expr": [{"dnat": {"addr": {"prefix": {"addr": "10.9.0.0", "len": 24}}, "flags": "netmap", "type_flags": "prefix"}}]}}, {"rule": {"family": "ip", "table": "t", "chain": "pre", "handle": 3, "expr": [{"dnat": {"addr": {"prefix": {"addr": "10.9.0.0", "len": 24}}}}]}}, {"rule": {"family": "ip", "table": "t", "chain": "pre", "handle": 4, "expr": [{"dnat": {"family": "ip", "addr": {"map": {"key": {"payload": {"protocol": "ip", "field": "daddr"}}, "data": {"set": [[{"prefix": {"addr": "10.141.11.0", "len": 24}}, {"prefix": {"addr": "192.168.2.0", "len": 24}}]]}}}, "flags": "netmap", "type_flags": "prefix"}}]}}]}`;

test('whether only the network part is replaced is told by text and JSON', () => {
  for (const [format, text] of [
    [nftRuleset, TEXT],
    [nftRulesetJson, JSON_TEXT],
  ] as const) {
    const [table] = factsOf(parseText(format, text), 'nft');
    const flags = table?.chains[0]?.rules.flatMap(({ statements }) => statements.map((one) => one.does === 'nat' && one.flags));
    assert.deepEqual(flags, [['netmap'], [], ['netmap']]);
  }
});

test('a target in words of another version is not understood, and no translation to what was there before', () => {
  const { problems, readings } = parseText(nftRuleset, TEXT.replace('dnat prefix to', 'dnat interval to'));
  const [table] = readings[0]?.kind === 'nft' ? readings[0].facts : [];
  assert.equal(problems.length, 1);
  assert.deepEqual(table?.chains[0]?.rules[0]?.statements, [{ does: 'unknown', text: 'dnat interval to 10.9.0.0/24' }]);
});
