import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import { parseRecorded, recordedNames } from '#testing/recorded-tools';
import iptablesSave from './iptables-save/iptables-save.ts';
import nftRuleset from './nft-ruleset/nft-ruleset.ts';
import nftRulesetJson from './nft-ruleset-json/nft-ruleset-json.ts';

/** Which format a recorded command is of. */
const formatOf = (name: string) => (name.includes('-save') ? iptablesSave : name.includes('-j-') ? nftRulesetJson : nftRuleset);

for (const name of recordedNames('kube-proxy')) {
  test(`the rules of the real kube-proxy: every line of ${name} is understood`, () => {
    const { problems, readings } = parseRecorded(formatOf(name), 'kube-proxy', name);
    assert.deepEqual(problems, []);
    assert.ok(readings.some(({ facts }) => facts.length > 0));
    for (const table of readings.flatMap((one) => (one.kind === 'iptables' ? (one.facts as readonly FactOf<'iptables'>[]) : [])))
      for (const { rules } of table.chains) for (const { problem, text } of rules) assert.equal(problem, null, text);
  });
}
