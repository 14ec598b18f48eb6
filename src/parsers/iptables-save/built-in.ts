import type { IptablesTable } from './rule.ts';

type Table = IptablesTable['table'];

/** The chains that each table has from the beginning, whatever is in it. */
export const BUILT_IN: Readonly<Record<Table, readonly string[]>> = {
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  raw: ['PREROUTING', 'OUTPUT'],
  security: ['INPUT', 'FORWARD', 'OUTPUT'],
};

/** nat has its INPUT only since Linux 2.6.36. */
export const mayLack = (table: Table, chain: string): boolean => table === 'nat' && chain === 'INPUT';
