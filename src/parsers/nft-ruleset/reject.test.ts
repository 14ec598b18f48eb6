import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import nftRulesetJson from '../nft-ruleset-json/nft-ruleset-json.ts';
import nftRuleset from './nft-ruleset.ts';

/** Listed by nft 1.0.6 of `ether saddr 02:00:00:00:02:02 counter reject with icmpv6 type no-route`, and of the same with a bare `reject`. */
const TEXT = `table inet t { # handle 1
	chain c { # handle 1
		type filter hook forward priority filter; policy accept;
		@ll,48,64 0x2000000020286dd meta iiftype ether counter packets 0 bytes 0 reject # handle 2
		ether saddr 02:00:00:00:02:02 counter packets 0 bytes 0 reject # handle 3
	}
}
`;

const JSON_TEXT = `{"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}}, {"table": {"family": "inet", "name": "t", "handle": 1}}, {"chain": {"family": "inet", "table": "t", "name": "c", "handle": 1, "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}}, {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 2, "expr": [{"match": {"op": "==", "left": {"payload": {"base": "ll", "offset": 48, "len": 64}}, "right": 144115188109575901}}, {"match": {"op": "==", "left": {"meta": {"key": "iiftype"}}, "right": "ether"}}, {"counter": {"packets": 0, "bytes": 0}}, {"reject": null}]}}, {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 3, "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ether", "field": "saddr"}}, "right": "02:00:00:00:02:02"}}, {"counter": {"packets": 0, "bytes": 0}}, {"reject": {"type": "icmpx", "expr": "port-unreachable"}}]}}]}`;

test('what a reject answers is not told where nft lists an Ethernet address and the protocol in one value', () => {
  for (const [format, text] of [
    [nftRuleset, TEXT],
    [nftRulesetJson, JSON_TEXT],
  ] as const) {
    const [table] = factsOf(parseText(format, text), 'nft');
    const last = table?.chains[0]?.rules.map(({ statements }) => statements.at(-1));
    assert.deepEqual(last, [
      { does: 'unknown', text: 'reject, with what is not listed' },
      { does: 'reject', with: null },
    ]);
  }
});
