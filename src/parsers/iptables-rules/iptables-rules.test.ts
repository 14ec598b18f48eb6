import assert from 'node:assert/strict';
import test from 'node:test';
import type { FactOf } from '#facts/kinds';
import type { Parsed } from '../format.ts';
import { parseText } from '#testing/parse-text';
import { parseRecorded } from '#testing/recorded-tools';
import iptablesSave from '../iptables-save/iptables-save.ts';
import iptablesRules from './iptables-rules.ts';

const tablesOf = (parsed: Parsed) => parsed.readings.flatMap(({ facts }) => facts as readonly FactOf<'iptables'>[]);

/** A table's chains and rules without places and counters, which go on counting. */
const words = (table: FactOf<'iptables'> | undefined) =>
  [...(table?.chains ?? [])]
    .map(({ name, policy, rules }) => ({ name, policy, rules: rules.map(({ origin: _, counters: _counters, ...rest }) => rest) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1));

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [rules, save] of [
    ['iptables-t-nat-S', 'iptables-save-c'],
    ['b.iptables-legacy-t-nat-S', 'b.iptables-legacy-save-c'],
  ] as const) {
    test(`${userland}: iptables -S and iptables-save tell the same: ${rules}`, () => {
      const parsed = parseRecorded(iptablesRules, userland, rules);
      assert.deepEqual(parsed.problems, []);
      const saved = tablesOf(parseRecorded(iptablesSave, userland, save)).find(({ table }) => table === 'nat');
      assert.equal(tablesOf(parsed)[0]?.table, 'nat');
      assert.deepEqual(words(tablesOf(parsed)[0]), words(saved));
    });
  }
}

test('-v adds counters, and the rule is the same', () => {
  const [plain, counted] = ['iptables-t-nat-S', 'iptables-t-nat-S-v'].map(
    (name) => tablesOf(parseRecorded(iptablesRules, 'debian-12', name))[0],
  );
  assert.deepEqual(words(counted), words(plain));
  assert.ok(
    counted?.chains.every(
      ({ rules, policy, counters }) => (policy === null || counters !== undefined) && rules.every((rule) => rule.counters !== undefined),
    ),
  );
});

test('the table is told by the command or by its chains', () => {
  const table = (text: string, argv: string[] = []) => tablesOf(parseText(iptablesRules, text, { argv }))[0]?.table;
  assert.equal(table('-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n'), 'filter');
  assert.equal(table('-P PREROUTING ACCEPT\n-P POSTROUTING ACCEPT\n'), 'nat');
  assert.equal(table('-P PREROUTING ACCEPT\n', ['iptables', '-t', 'mangle', '-S', 'PREROUTING']), 'mangle');
});

test('one chain is a part, and a quoted -c is text', () => {
  const one = parseText(iptablesRules, '-P INPUT ACCEPT\n-A INPUT -m comment --comment "a -c 1 2 b" -c 3 4 -j DROP\nhello\n', {
    argv: ['iptables', '-S', 'INPUT', '-v'],
  });
  assert.deepEqual(one.readings[0]?.covers, []);
  const rule = tablesOf(one)[0]?.chains[0]?.rules[0];
  assert.deepEqual([rule?.counters, rule?.text], [{ packets: 3, bytes: 4 }, '-A INPUT -m comment --comment "a -c 1 2 b" -j DROP']);
  assert.deepEqual(
    one.problems.map(({ line }) => line),
    [3],
  );
});

test('one chain is not its table, whoever left out the command', () => {
  const covers = (text: string) => parseText(iptablesRules, text).readings[0]?.covers;
  assert.deepEqual(covers('-P FORWARD DROP\n-A FORWARD -j ACCEPT\n'), []);
  assert.deepEqual(covers('-P INPUT ACCEPT\n-P FORWARD DROP\n-P OUTPUT ACCEPT\n'), ['4 unknown filter']);
});
