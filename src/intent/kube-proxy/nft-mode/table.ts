import type { NftChain, NftElement, NftRule, NftSet } from '#facts/nft/nft';
import { ORIGIN } from '../written-rule.ts';
import { isAffinity } from './names.ts';

/** Rules that are written again as they were keep where they were read. */
export const sameRules = (held: NftChain | undefined, rules: readonly NftRule[]): readonly NftRule[] =>
  rules.map((rule) => held?.rules.find((one) => isSame(one, rule)) ?? rule);

const isSame = (one: NftRule, other: NftRule): boolean =>
  one.text === undefined ? JSON.stringify(one.statements) === JSON.stringify(other.statements) : one.text === other.text;

/** Chains of which some are filled anew, those that are there no more are made, and some are emptied. */
export function chainsWith(
  held: readonly NftChain[],
  rewritten: ReadonlyMap<string, readonly NftRule[]>,
  isStale: (name: string) => boolean,
): readonly NftChain[] {
  const there = new Set(held.map(({ name }) => name));
  const made = [...rewritten].filter(([name]) => !there.has(name));
  return [
    ...held.map((chain) => {
      const rules = rewritten.get(chain.name);
      if (rules !== undefined) return { ...chain, rules: sameRules(chain, rules) };
      return isStale(chain.name) ? { ...chain, rules: [] } : chain;
    }),
    ...made.map(([name, rules]): NftChain => ({ name, origin: ORIGIN, base: null, rules })),
  ];
}

/** The sets that remember clients: those of endpoints that are gone go too, new ones are made, and others stay; all others stay. */
export function keptSets(held: readonly NftSet[], made: ReadonlyMap<string, number>, remembered: ReadonlySet<string>): readonly NftSet[] {
  const there = new Set(held.map(({ name }) => name));
  return [
    ...held
      .filter(({ name }) => !isAffinity(name) || remembered.has(name))
      .map((set) => ({ ...set, timeoutSeconds: made.get(set.name) ?? set.timeoutSeconds })),
    ...[...made]
      .filter(([name]) => !there.has(name))
      .map(([name, seconds]): NftSet => ({ name, origin: ORIGIN, isMap: false, timeoutSeconds: seconds, elements: [], problem: null })),
  ];
}

/** An element's key as one text. */
export const keyText = ({ key }: NftElement): string => JSON.stringify(key);

/** A set that holds what is wanted, each element once. */
export function refilled(set: NftSet, wanted: readonly NftElement[]): NftSet {
  const byKey = new Map(wanted.map((element) => [keyText(element), element] as const));
  const left = set.elements.filter((element) => JSON.stringify(byKey.get(keyText(element))) === JSON.stringify(element));
  for (const element of left) byKey.delete(keyText(element));
  return { ...set, elements: [...left, ...byKey.values()], problem: null };
}
