import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import nftRuleset from '../nft-ruleset/nft-ruleset.ts';
import nftRulesetJson from './nft-ruleset-json.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  test(`${userland}: text and JSON tell the same tables, chains, rules and sets`, () => {
    const [one, other] = [
      parseRecorded(nftRuleset, userland, 'native.nft-list-ruleset'),
      parseRecorded(nftRulesetJson, userland, 'native.nft-j-list-ruleset'),
    ];
    assert.deepEqual([one.problems, other.problems], [[], []]);
    assertSameFacts('nft', one, other);
  });
}

test('what is no ruleset is a problem, not a throw', () => {
  assert.equal(parseText(nftRulesetJson, '{"nftables":').problems.length, 1);
  assert.equal(parseText(nftRulesetJson, '{}').problems.length, 1);
});

test("matches of iptables that nft has no words for are no problem where the table is iptables' own", () => {
  // of nft 1.0.6
  const list = (
    table: string,
  ) => `{"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"family": "ip", "name": "${table}", "handle": 1}},
{"chain": {"family": "ip", "table": "${table}", "name": "PREROUTING", "handle": 2, "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
{"rule": {"family": "ip", "table": "${table}", "chain": "PREROUTING", "handle": 3, "expr": [{"xt": {"type": "match", "name": "comment"}}, {"counter": {"packets": 2, "bytes": 100}}, {"accept": null}]}}]}`;
  const own = parseText(nftRulesetJson, list('nat'));
  assert.deepEqual([own.problems, own.readings[0]?.facts], [[], []]);
  const other = parseText(nftRulesetJson, list('mine'));
  assert.deepEqual([other.problems.length, other.readings[0]?.facts.length], [1, 1]);
});
