import type { NftExpression, NftRule, NftTable } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import { BUILT_IN } from '../iptables-save/built-in.ts';

const FAMILIES: readonly string[] = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];

export const isFamily = (word: string): word is NftTable['family'] => FAMILIES.includes(word);

/** Names that nft gives to priorities (doc/nft.8, "Standard priority names"); bridges count otherwise. */
const PRIORITIES: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ raw: -300, mangle: -150, dstnat: -100, filter: 0, security: 50, srcnat: 100 }),
);
const BRIDGE_PRIORITIES: ReadonlyMap<string, number> = new Map(
  Object.entries<number>({ dstnat: -300, filter: -200, out: 100, srcnat: 300 }),
);

/** `filter`, `dstnat - 10`, `-110`. */
export function priorityOf(text: string, family: string): number | undefined {
  const found = /^(-?\d{1,10}|[a-z]{1,10})(?:\s*([+-])\s*(\d{1,10}))?$/.exec(text.trim());
  if (found === null) return undefined;
  const [, base = '', sign, by = '0'] = found;
  const names = family === 'bridge' ? BRIDGE_PRIORITIES : PRIORITIES;
  const number = /\d/.test(base) ? Number(base) : names.get(base);
  return number === undefined ? undefined : number + (sign === '-' ? -1 : 1) * Number(by);
}

/** What iptables-nft never writes: rules that do not count, sets with names. Such a table was made by hand under the same name. */
function isForeign({ statements, counters }: NftRule): boolean {
  const isWhole = statements.every(({ does }) => does !== 'unknown');
  return (counters === null && isWhole) || statements.some((one) => one.does === 'vmap' || (one.does === 'match' && isNamed(one.right)));
}

const isNamed = (right: NftExpression): boolean => typeof right === 'object' && right.is === 'named';

/** Whether iptables-nft made the table: its families, names and chains, and rules that all count. */
export function madeByIptables({ family, name, chains, sets }: Pick<NftTable, 'family' | 'name' | 'chains' | 'sets'>): boolean {
  const own = entryOf(BUILT_IN, name);
  const bases = chains.filter(({ base }) => base !== null);
  if (own === undefined || (family !== 'ip' && family !== 'ip6') || bases.length === 0 || sets.length > 0) return false;
  return (
    bases.every((chain) => own.includes(chain.name) && chain.base?.hook.toUpperCase() === chain.name) &&
    !chains.some(({ rules }) => rules.some(isForeign))
  );
}
