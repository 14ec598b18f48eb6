import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import names from './ip-tables-names.ts';

test('a legacy table that is not named is known not to exist; a named one is for iptables-save to tell', () => {
  const [reading] = parseText(names, 'filter\nnat\n', { argv: ['cat', '/proc/net/ip_tables_names'] }).readings;
  assert.deepEqual(reading?.covers, ['4 legacy raw', '4 legacy mangle', '4 legacy security']);
});

test('no name at all is evidence that there are no legacy tables', () => {
  const [reading] = parseText(names, '', { argv: ['cat', '/proc/net/ip6_tables_names'] }).readings;
  assert.equal([...(reading?.covers === true ? [] : (reading?.covers ?? []))].length, 5);
});

test('a word that is no table makes nothing known', () => {
  const { problems, readings } = parseText(names, 'cat: /proc/net/ip_tables_names: No such file or directory\n');
  assert.equal(problems.length, 1);
  assert.deepEqual(readings[0]?.covers, []);
});
