import type { NftElement, NftSet, NftTable } from '#facts/nft/nft';
import { isOfService } from './names.ts';
import { chainsWith, keyText, keptSets } from './table.ts';
import { type Parts, together } from './wanted.ts';

/**
 * The table once changed objects were followed: the chains of these Services are written again, elements that they bring come and
 * go, chains that no Service needs any more are emptied, and are deleted a sync later. What others changed elsewhere stays.
 * Nothing where the kernel refuses: an element that is to go is gone already, one that is to come is there with another verdict.
 */
export function followed(held: NftTable, was: ReadonlyMap<string, Parts>, is: ReadonlyMap<string, Parts>): NftTable | undefined {
  const rewritten = together(changedParts(was, is));
  const [before, now] = [together([...was.values()]), together([...is.values()])];
  const active = new Set(now.chains.map(([name]) => name));
  const remembered = new Set(now.kept.map(([name]) => name));
  const sets = keptSets(held.sets, new Map(rewritten.kept), remembered).map((set) =>
    moved(set, elementsIn(before, set.name), elementsIn(now, set.name)),
  );
  if (!sets.every((set) => set !== undefined)) return undefined;
  const isStale = (name: string): boolean => isOfService(name) && !active.has(name);
  const needed = new Set(before.chains.map(([name]) => name));
  const left = held.chains.filter(({ name }) => !isStale(name) || needed.has(name));
  return { ...held, chains: chainsWith(left, new Map(rewritten.chains), isStale), sets };
}

/** What those Services bring that others or none brought before. */
export const changedParts = (was: ReadonlyMap<string, Parts>, is: ReadonlyMap<string, Parts>): readonly Parts[] =>
  [...is].filter(([service, parts]) => JSON.stringify(parts) !== JSON.stringify(was.get(service))).map(([, parts]) => parts);

type Elements = ReadonlyMap<string, NftElement>;

const byKey = (elements: readonly NftElement[]): Elements => new Map(elements.map((element) => [keyText(element), element] as const));
const elementsIn = ({ elements }: Parts, set: string): Elements =>
  byKey(elements.filter((one) => one.set === set).map(({ element }) => element));
const isSame = (one: NftElement | undefined, other: NftElement | undefined): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A set whose own elements come and go as the objects ask for them. */
function moved(set: NftSet, old: Elements, wanted: Elements): NftSet | undefined {
  const come = [...wanted].filter(([key, element]) => !isSame(old.get(key), element));
  const gone = new Set([...old].filter(([key, element]) => !isSame(wanted.get(key), element)).map(([key]) => key));
  if (set.problem !== null || come.length + gone.size === 0) return set;
  const held = byKey(set.elements);
  const isRefused =
    [...gone].some((key) => !held.has(key)) ||
    come.some(([key, element]) => !gone.has(key) && held.has(key) && !isSame(held.get(key), element));
  if (isRefused) return undefined;
  const fresh = new Map(come);
  const left = set.elements.filter((element) => !gone.has(keyText(element)) && !fresh.has(keyText(element)));
  return { ...set, elements: [...left, ...fresh.values()] };
}
