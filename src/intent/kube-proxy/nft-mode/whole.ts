import type { NftChain, NftRule, NftSet, NftTable } from '#facts/nft/nft';
import { isAffinity, isOfService } from './names.ts';
import type { Settings } from './settings.ts';
import { staticChains, staticSets } from './static-chains.ts';
import { type Parts, together } from './wanted.ts';
import { chainsWith, keptSets, refilled, sameRules } from './table.ts';

/**
 * The table after a full sync: base chains are made anew, its own chains and maps are what the objects ask for, chains of Services
 * that are gone are emptied. At a start a chain of an endpoint that is there is taken for right, whatever is in it
 * (epChainSkipUpdate).
 */
export function syncedWhole(held: NftTable, wanted: ReadonlyMap<string, Parts>, settings: Settings, starts: boolean): NftTable {
  const parts = together([...wanted.values()]);
  const fixed = staticChains(settings);
  const active = new Set(parts.chains.map(([name]) => name));
  const kept = new Map(parts.kept);
  const skipped = (name: string): boolean => starts && isTakenForRight(held, name, kept);
  const rewritten = new Map<string, readonly NftRule[]>([
    ...fixed.filter(({ base }) => base === null).map(({ name, rules }) => [name, rules] as const),
    ...parts.chains.filter(([name]) => !skipped(name)),
  ]);
  const bases = fixed.filter(({ base }) => base !== null);
  const isBase = ({ name }: NftChain): boolean => bases.some((base) => base.name === name);
  const made = bases.map((base) => ({
    ...base,
    rules: sameRules(
      held.chains.find(({ name }) => name === base.name),
      base.rules,
    ),
  }));
  return {
    ...held,
    chains: [
      ...chainsWith(
        held.chains.filter((chain) => !isBase(chain)),
        rewritten,
        (name) => isOfService(name) && !active.has(name),
      ),
      ...made,
    ],
    sets: [...ownSets(held, parts, settings), ...keptSets(held.sets.filter(isOther(settings)), kept, new Set(kept.keys()))],
  };
}

/** Whether an endpoint's chain is there, and the set that remembers its clients where there is to be one. */
function isTakenForRight({ chains, sets }: NftTable, name: string, kept: ReadonlyMap<string, number>): boolean {
  if (!name.startsWith('endpoint-') || !chains.some((chain) => chain.name === name)) return false;
  const set = name.replace(/^endpoint-/, 'affinity-');
  return sets.some((one) => one.name === set) === kept.has(set);
}

const isOther =
  (settings: Settings) =>
  ({ name }: NftSet): boolean =>
    isAffinity(name) || (name !== 'nodeport-ips' && !staticSets(settings).some((one) => one.name === name));

function ownSets(held: NftTable, { elements }: Parts, settings: Settings): readonly NftSet[] {
  return staticSets(settings).map((set) => {
    const wanted = [...set.elements, ...elements.filter((one) => one.set === set.name).map(({ element }) => element)];
    return refilled(held.sets.find(({ name }) => name === set.name) ?? set, wanted);
  });
}
