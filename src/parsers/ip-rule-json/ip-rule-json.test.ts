import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipRule from '../ip-rule/ip-rule.ts';
import ipRuleJson from './ip-rule-json.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [text, json] of [
    ['ip-rule-show', 'ip-d-j-rule-show'],
    ['ip-d-rule-show', 'ip-j-rule-show'],
    ['ip-6-rule-show', 'ip-6-j-rule-show'],
  ] as const) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(ipRule, userland, text), parseRecorded(ipRuleJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      assertSameFacts('rule', one, other);
    });
  }
}

test('a rule tells all that it asks and what it does', () => {
  const rules = byKey(parseRecorded(ipRuleJson, 'debian-12', 'ip-d-j-rule-show'), 'rule', ({ priority }) => String(priority));
  assert.deepEqual(rules.get('140')?.mark, { value: 0x200, mask: 0xfff00 });
  assert.deepEqual(
    [rules.get('170')?.sourcePorts, rules.get('170')?.destinationPorts, rules.get('170')?.ipProto],
    [[1000, 2000], [8080, 8080], 6],
  );
  assert.deepEqual([rules.get('180')?.not, rules.get('180')?.from], [true, '10.244.0.0/16']);
  assert.deepEqual(rules.get('210')?.suppressPrefixLength, 0);
  assert.deepEqual(rules.get('250')?.action, { does: 'goto', priority: 32000 });
  assert.deepEqual(rules.get('32766')?.action, { does: 'lookup', table: 'main' });
});

test('a rule with something that is not understood keeps its words as its action', () => {
  const parsed = parseText(ipRuleJson, '[{"priority":7,"src":"all","moon":"full","table":"main"},3]');
  assert.equal(parsed.problems.length, 1);
  const [rule] = byKey(parsed, 'rule', () => '').values();
  assert.equal(rule?.action.does, 'unknown');
});
