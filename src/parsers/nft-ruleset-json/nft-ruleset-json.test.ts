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
