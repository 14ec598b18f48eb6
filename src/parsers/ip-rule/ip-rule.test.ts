import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
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
  const [local, main, last] = ['0:\tfrom all lookup local\n', '32766:\tfrom all lookup main\n', '32767:\tfrom all lookup default\n'];
  assert.deepEqual(parseText(ipRule, `${local}${main}${last}`).readings[0]?.covers, ['4'], 'and of IPv6 nothing at all');
  assert.deepEqual(parseText(ipRule, `${local}hello\n${last}`).readings[0]?.covers, [], 'a row that was not understood may be any row');
});

test('a list without the rule for default is IPv6’s, where nobody knows how it was asked for', () => {
  const text = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n';
  const alone = parseText(ipRule, text);
  assert.deepEqual(new Set(factsOf(alone, 'rule').map(({ family }) => family)), new Set([6]));
  assert.deepEqual(alone.readings[0]?.covers, [], 'somebody may have deleted that rule of IPv4');
  const asked = parseText(ipRule, text, { argv: ['ip', 'rule'] });
  assert.deepEqual(new Set(factsOf(asked, 'rule').map(({ family }) => family)), new Set([4]));
});

test('lines that are no rules are problems', () => {
  assert.deepEqual(
    parseText(ipRule, '0:\tfrom all lookup local\nhello\n').problems.map(({ line }) => line),
    [2],
  );
});

test('numbers of `ip -N rule` mean what the names mean', () => {
  // of iproute2 6.1
  const text = '0:\tfrom all lookup 255\n220:\tfrom 203.0.113.0/24 6\n32766:\tfrom all lookup 254\n32767:\tfrom all lookup 253\n';
  assert.deepEqual(
    factsOf(parseText(ipRule, text), 'rule').map(({ action }) => (action.does === 'lookup' ? action.table : action.does)),
    ['local', 'blackhole', 'main', 'default'],
  );
});
