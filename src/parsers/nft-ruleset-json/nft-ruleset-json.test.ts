import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
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

/** As nft 1.0.6 lists `table ip t { set s { type ipv4_addr; size 4; elements = { 10.0.0.1 } } }` with `-t`. */
test('a terse listing tells no elements, in neither form', () => {
  const text = 'table ip t {\n\tset s {\n\t\ttype ipv4_addr\n\t\tsize 4\n\t}\n}\n';
  const json = `{"nftables": [{"metainfo": {"version": "1.0.6", "release_name": "Lester Gooch #5", "json_schema_version": 1}},
{"table": {"family": "ip", "name": "t", "handle": 1}},
{"set": {"family": "ip", "name": "s", "table": "t", "type": "ipv4_addr", "handle": 1, "size": 4}}]}`;
  const problem = (argv: readonly string[]) => {
    const parsed = [parseText(nftRuleset, text, { argv }), parseText(nftRulesetJson, json, { argv })];
    return parsed.map((one) => factsOf(one, 'nft')[0]?.sets[0]?.problem);
  };
  assert.deepEqual(problem(['nft', '-j', 'list', 'ruleset']), [null, null]);
  for (const option of ['-t', '-jt', '--terse'])
    assert.deepEqual(problem(['nft', option, 'list', 'ruleset']), ['its elements were not listed', 'its elements were not listed']);
});

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
