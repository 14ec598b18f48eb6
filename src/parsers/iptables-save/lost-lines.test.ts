import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText } from '#testing/parse-text';
import iptablesRules from '../iptables-rules/iptables-rules.ts';
import iptablesSave from './iptables-save.ts';

const HEAD = ['*filter', ':INPUT ACCEPT [0:0]', ':FORWARD DROP [0:0]', ':OUTPUT ACCEPT [0:0]', ':A - [0:0]', ':B - [0:0]', ':C - [0:0]'];
const RULES = ['-A INPUT -s 192.0.2.1/32 -j ACCEPT', '-A FORWARD -j A', '-A FORWARD -j C', '-A A -j B', '-A C -j RETURN'];

const dumpOf = (...rules: readonly string[]): string => [...HEAD, ...rules, 'COMMIT', ''].join('\n');

/** Each chain with its rules, a lost line as `…`. */
const written = (text: string): readonly string[] =>
  factsOf(parseText(iptablesSave, text, { argv: ['iptables-legacy-save'], exit: 0 }), 'iptables').flatMap(({ chains }) =>
    chains.map(({ name, rules }) => [name, ...rules.map(({ text: rule, problem }) => (problem === null ? rule.slice(-1) : '…'))].join(' ')),
  );

const covers = (text: string): unknown => parseText(iptablesSave, text, { argv: ['iptables-legacy-save'], exit: 0 }).readings[0]?.covers;

test('a line that is not understood keeps its place among the rules of its chain', () => {
  const [one = '', two = '', three = '', ...more] = RULES;
  assert.deepEqual(written(dumpOf(one, two, '[snip]', three, ...more)), ['INPUT T', 'FORWARD A … C', 'OUTPUT', 'A B', 'B', 'C N']);
});

test('what was lost between two chains is of these or of one between', () => {
  const [one = '', two = '', three = '', four = '', five = ''] = RULES;
  assert.deepEqual(written(dumpOf(one, two, three, '…', five)), ['INPUT T', 'FORWARD A C …', 'OUTPUT …', 'A …', 'B …', 'C … N']);
  assert.deepEqual(written(dumpOf('…', two, three, four, five)), ['INPUT …', 'FORWARD … A C', 'OUTPUT', 'A B', 'B', 'C N']);
  assert.deepEqual(written(dumpOf(one, two, three, four, '…')), ['INPUT T', 'FORWARD A C', 'OUTPUT', 'A B …', 'B …', 'C …']);
  assert.deepEqual(written(dumpOf('…')), ['INPUT …', 'FORWARD …', 'OUTPUT …', 'A …', 'B …', 'C …']);
});

test('a built-in chain whose line was lost may hold anything', () => {
  const text = dumpOf(...RULES).replace(':OUTPUT', '§:OUTPUT');
  assert.deepEqual(written(text), ['INPUT … T', 'FORWARD A C', 'A B', 'B', 'C N']);
  assert.deepEqual(written(dumpOf().replace(':OUTPUT', '§:OUTPUT')), ['INPUT …', 'FORWARD …', 'A …', 'B …', 'C …', 'OUTPUT …']);
});

test("nat's INPUT may be what was lost too", () => {
  const chains = (lost: string) =>
    written(['*nat', ':PREROUTING ACCEPT [0:0]', lost, ':OUTPUT ACCEPT [0:0]', ':POSTROUTING ACCEPT [0:0]', 'COMMIT', ''].join('\n'));
  assert.deepEqual(chains(':INPUT ACCEPT [0:0]'), ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING']);
  assert.deepEqual(chains('§:INPUT ACCEPT [0:0]'), ['PREROUTING …', 'OUTPUT …', 'POSTROUTING …', 'INPUT …']);
});

test('a table with such a line is not whole, and others only where it stands outside', () => {
  const parts = (...names: readonly string[]) => names.map((name) => `4 legacy ${name}`);
  assert.deepEqual(covers(dumpOf(...RULES)), parts('filter', 'nat', 'mangle', 'raw', 'security'));
  assert.deepEqual(covers(dumpOf(...RULES, '…')), parts('nat', 'mangle', 'raw', 'security'));
  assert.deepEqual(covers(`${dumpOf(...RULES)}…\n`), parts('filter'));
  assert.deepEqual(covers(dumpOf(...RULES) + dumpOf().replace('*filter', '*na')), parts('filter'));
  assert.deepEqual(covers(dumpOf(...RULES) + dumpOf().replace('*filter\n', '')), parts('filter'));
});

test('the same of iptables -S', () => {
  const listed = ['-P INPUT ACCEPT', '-P FORWARD DROP', '-P OUTPUT ACCEPT', '-N A', ...RULES.slice(0, 2), '…', '-A A -j B'];
  const parsed = parseText(iptablesRules, `${listed.join('\n')}\n`, { argv: ['iptables', '-S'], exit: 0 });
  assert.deepEqual(parsed.readings[0]?.covers, []);
  const [table] = factsOf(parsed, 'iptables');
  assert.deepEqual(
    table?.chains.map(({ name, rules }) => `${name} ${rules.filter(({ problem }) => problem !== null).length}/${rules.length}`),
    ['INPUT 0/1', 'FORWARD 1/2', 'OUTPUT 1/1', 'A 1/2'],
  );
});
