import { iptablesPart } from '#facts/iptables/iptables';
import { defineFormat, type Input, type Parsed, type Problem, reading } from '../format.ts';
import { linesOf, quoted } from '../lines.ts';

const TABLES = ['raw', 'mangle', 'nat', 'filter', 'security'];

/** /proc/net/ip_tables_names: a legacy table that is not named does not exist, so nothing in it can touch a packet. */
function parse(input: Input): Parsed {
  const problems: Problem[] = [];
  const named = new Set<string>();
  for (const [index, line] of linesOf(input.text).entries()) {
    const name = line.trim();
    if (TABLES.includes(name)) named.add(name);
    else if (name !== '' && !name.startsWith('#')) problems.push({ line: index + 1, why: `not a table of iptables: ${quoted(name)}` });
  }
  const family = `${input.file} ${input.argv.join(' ')}`.includes('ip6_tables_names') ? 6 : 4;
  const absent = TABLES.filter((table) => !named.has(table)).map((table) => iptablesPart(family, 'legacy', table));
  return { readings: [reading('iptables', [], problems.length > 0 ? [] : absent)], problems };
}

export default defineFormat({
  id: 'ip-tables-names',
  is: '/proc/net/ip_tables_names: the legacy tables that exist',
  tells: ['iptables'],
  recognise: (head) => (/^(?:(?:raw|mangle|nat|filter|security)\n)+$/.test(`${head.trim()}\n`) ? 0.9 : 0),
  parse,
});
