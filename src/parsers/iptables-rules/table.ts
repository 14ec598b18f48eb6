import { iptablesPart } from '#facts/iptables/iptables';
import { BUILT_IN, mayLack } from '../iptables-save/built-in.ts';
import { isTable } from '../iptables-save/dump.ts';
import type { IptablesTable } from '../iptables-save/rule.ts';
import type { Input } from '../format.ts';

type Table = IptablesTable['table'];

/** The table that the command names, or the one that has exactly these built-in chains. `filter` stands for `security` too. */
export function tableOf(input: Input, builtIn: ReadonlySet<string>): Table {
  const at = input.argv.findIndex((word) => word === '-t' || word === '--table');
  const named = at < 0 ? input.argv.find((word) => /^(?:-t|--table=)\w/.test(word))?.replace(/^(?:-t|--table=)/, '') : input.argv[at + 1];
  if (named !== undefined && isTable(named)) return named;
  if (builtIn.has('FORWARD')) return builtIn.has('PREROUTING') ? 'mangle' : 'filter';
  if (builtIn.has('POSTROUTING')) return 'nat';
  return builtIn.has('PREROUTING') ? 'raw' : 'filter';
}

/** A listing of a single chain (`iptables -S INPUT`) is a part of its table, which always has all of its built-in chains. */
export function coversTable(input: Input, option: RegExp, table: IptablesTable): readonly string[] {
  const names = new Set(table.chains.map(({ name }) => name));
  if (!BUILT_IN[table.table].every((name) => names.has(name) || mayLack(table.table, name))) return [];
  const at = input.argv.findIndex((word) => option.test(word));
  const chain = at >= 0 && /^[^-]/.test(input.argv[at + 1] ?? '-');
  return chain ? [] : [iptablesPart(table.family, table.backend, table.table)];
}
