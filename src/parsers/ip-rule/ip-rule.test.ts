import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import ipRule from './ip-rule.ts';

test('what busybox leaves out of a rule is not told', () => {
  const rules = byKey(parseRecorded(ipRule, 'busybox', 'ip-rule-show'), 'rule', ({ priority }) => String(priority));
  assert.deepEqual([rules.get('130')?.oif, rules.get('160')?.destinationPorts, rules.get('180')?.not], [undefined, undefined, undefined]);
  assert.deepEqual(rules.get('220')?.action, { does: 'blackhole' });
  assert.deepEqual(rules.get('250')?.action.does, 'unknown');
  assert.deepEqual(rules.get('120')?.iif, 'cni0');
});

test('a part of the list proves nothing by what it leaves out', () => {
  assert.deepEqual(parseText(ipRule, '100:\tfrom 10.0.0.0/8 lookup 100\n').readings[0]?.covers, []);
  assert.deepEqual(parseText(ipRule, '0:\tfrom all lookup local\n').readings[0]?.covers, ['4'], 'and of IPv6 nothing at all');
});

test('lines that are no rules are problems', () => {
  assert.deepEqual(
    parseText(ipRule, '0:\tfrom all lookup local\nhello\n').problems.map(({ line }) => line),
    [2],
  );
});
