import { NO_NOTES, type Notes } from './notes.ts';
import { mixedRations } from './rations.ts';
import { FRESH, type State } from './state.ts';

/** What may have come so far, and how likely that is: `null` where nobody knows. */
export type Likely = { readonly state: State; readonly weight: number | null };

/**
 * What several ways left behind, where nobody saw which it was. Those that differ in nothing but what is left of limits and errors
 * become one: what packets after it get of those is as likely as the ways are.
 */
export const joined = (all: readonly Likely[]): readonly Likely[] =>
  alike(all).map((group) => ({ state: withRations(group), weight: weightOf(group) }));

/** Those together that left the same but for what is left of limits and errors, in their order. */
export function alike<T extends { readonly state: State }>(all: readonly T[]): readonly (readonly [T, ...T[]])[] {
  const groups: [T, ...T[]][] = [];
  for (const one of all) {
    const group = groups.find(([first]) => isAlike(first.state, one.state));
    if (group === undefined) groups.push([one]);
    else group.push(one);
  }
  return groups;
}

/** How likely any of them is: `null` where nobody knows it of one. */
export const weightOf = (all: readonly Likely[]): number | null =>
  all.reduce<number | null>((sum, { weight }) => (sum === null || weight === null ? null : sum + weight), 0);

/** The first of several states, with what is left of what is rationed on any of them. */
export function withRations(all: readonly Likely[]): State {
  const [{ state: first } = { state: FRESH }] = all;
  if (all.every(({ state: { notes } }) => notes === first.notes)) return first;
  const notes = first.notes ?? NO_NOTES;
  const rations = mixedRations(
    all.map(({ state }) => state.notes ?? NO_NOTES),
    all.map(({ weight }) => weight),
  );
  return { ...first, notes: { ...notes, ...rations } };
}

/** Notes that are not rationed. */
const OTHERS = [
  'learnt',
  'remotes',
  'askers',
  'answerers',
  'opened',
  'picked',
  'ipvs',
  'elements',
  'recents',
  'forgotten',
  'gone',
] as const satisfies readonly (keyof Notes)[];

function isAlike(one: State, other: State): boolean {
  if (one === other) return true;
  const [own, its] = [one.notes ?? NO_NOTES, other.notes ?? NO_NOTES];
  return (
    isSameTable(one.connections, other.connections, isSameTable) &&
    isSameTable(one.pathMtu, other.pathMtu, isSameTable) &&
    OTHERS.every((name) => isSameTable<unknown>(tableOf(own[name]), tableOf(its[name])))
  );
}

const tableOf = (noted: Notes[(typeof OTHERS)[number]]): ReadonlyMap<string, unknown> =>
  noted instanceof Map ? noted : new Map([...noted.keys()].map((key) => [key, true]));

const isSameText = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

function isSameTable<T>(
  one: ReadonlyMap<string, T>,
  other: ReadonlyMap<string, T>,
  isSame: (one: T, other: T) => boolean = isSameText,
): boolean {
  if (one === other) return true;
  if (one.size !== other.size) return false;
  for (const [key, value] of one) {
    const its = other.get(key);
    if (its === undefined || (value !== its && !isSame(value, its))) return false;
  }
  return true;
}
