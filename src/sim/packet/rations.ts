import type { ErrorTokens, LimitNote, Notes, Ration } from './notes.ts';
import { mixed, type Odds, sure } from './odds.ts';

/** What of notes is about rations: what is left of a rule's limit, and of the errors that an address is told. */
export type Rations = Pick<Notes, 'limits' | 'errors' | 'rations'>;

/** Errors are told apart by times that a clock's tick is longer than (CONFIG_HZ_100). */
const TICK_MS = 10;
/** Of more that may be left those are taken together of which most is left. */
const CASES = 16;

/** What several ways left of what is rationed, each as likely as its weight; where one weight is not known, no share of a limit is. */
export function mixedRations(all: readonly Rations[], weights: readonly (number | null)[]): Rations {
  const [first] = all;
  if (first === undefined) throw new Error('rations of no way');
  if (all.every((one) => one.limits === first.limits && one.errors === first.errors && one.rations === first.rations)) return first;
  const isKnown = weights.every((weight) => weight !== null);
  const shares = weights.map((weight) => (isKnown ? (weight ?? 0) : 1));
  return {
    limits: eachKey(
      all,
      ({ limits }) => limits,
      (odds) => (isKnown ? mixedLimits(odds, shares) : hull(odds)),
    ),
    errors: eachKey(
      all,
      ({ errors }) => errors,
      (odds) => mixed(odds, shares, alikeErrors),
    ),
    rations: eachRation(all),
  };
}

function eachKey<T>(
  all: readonly Rations[],
  of: (one: Rations) => ReadonlyMap<string, Odds<T | null>>,
  join: (odds: readonly Odds<T | null>[]) => Odds<T | null>,
): ReadonlyMap<string, Odds<T | null>> {
  const tables = all.map(of);
  const [first] = tables;
  if (first === undefined || tables.every((table) => table === first)) return first ?? new Map();
  const keys = new Set(tables.flatMap((table) => [...table.keys()]));
  return new Map(
    [...keys].map((key) => {
      const odds = tables.map((table) => table.get(key));
      const [one] = odds;
      return [key, one !== undefined && odds.every((other) => other === one) ? one : join(odds.map((known) => known ?? sure(null)))];
    }),
  );
}

function eachRation(all: readonly Rations[]): Notes['rations'] {
  const found = new Map<string, Ration>();
  for (const { rations } of all) {
    for (const [key, { had, asked }] of rations) {
      const before = found.get(key);
      found.set(key, { had: Math.min(had, before?.had ?? had), asked: Math.max(asked, before?.asked ?? 0) });
    }
  }
  return found;
}

/** The same whole tokens are left, more or less parts of the next. */
function alikeLimits(one: LimitNote | null, other: LimitNote | null): LimitNote | null | undefined {
  if (one === null || other === null) return one === other ? null : undefined;
  const now = Math.max(one.at, other.at);
  const [first, second] = [savedUp(one, now), savedUp(other, now)];
  const isAlike = Math.floor(first.least) === Math.floor(second.least) && Math.floor(first.most) === Math.floor(second.most);
  return isAlike ? around([first, second]) : undefined;
}

/** At least and at most what any has by the latest of their times. */
export function around(all: readonly LimitNote[]): LimitNote {
  const now = Math.max(...all.map(({ at }) => at));
  const [first, ...others] = all.map((one) => savedUp(one, now));
  if (first === undefined) throw new Error('nothing is around no limit');
  const [least, most] = [Math.min(...others.map((one) => one.least), first.least), Math.max(...others.map((one) => one.most), first.most)];
  return { ...first, least, most };
}

/** What is left of a limit at a later time, by what came back since. */
export function savedUp(note: LimitNote, now: number): LimitNote {
  const { perMs, burst, top, forgottenMs } = note.limit;
  const passed = Math.max(0, now - note.at);
  const mayBeNew = forgottenMs !== undefined && passed >= forgottenMs;
  return {
    ...note,
    least: Math.min(burst, note.least + passed * perMs),
    most: mayBeNew ? top : Math.min(top, note.most + passed * perMs),
    at: Math.max(note.at, now),
  };
}

/** What is left for sure on all ways, and at most on any; what no packet of a way asked for is as it was read, which its rule knows. */
function hull(all: readonly Odds<LimitNote | null>[]): Odds<LimitNote | null> {
  const notes = all.flatMap((odds) => odds.map(({ is }) => is));
  const known = notes.filter((note) => note !== null);
  if (known.length === 0) return sure(null);
  const both = around(known);
  return sure(notes.length === known.length ? both : { ...both, most: both.limit.top });
}

/** What is left on one of several ways, each as likely as its share. */
export const mixedLimits = (all: readonly Odds<LimitNote | null>[], shares: readonly number[]): Odds<LimitNote | null> =>
  fewer(mixed(all, shares, alikeLimits));

function fewer(odds: Odds<LimitNote | null>): Odds<LimitNote | null> {
  if (odds.length <= CASES) return odds;
  const sorted = odds.toSorted((one, other) => (one.is?.least ?? Infinity) - (other.is?.least ?? Infinity));
  const untouched = sorted.filter(({ is }) => is === null);
  const touched = sorted.flatMap(({ is, weight }) => (is === null ? [] : [{ is, weight }]));
  const [few, many] = [touched.slice(0, CASES - 2), touched.slice(CASES - 2)];
  if (many.length === 0) return odds;
  const weight = many.reduce((sum, one) => sum + one.weight, 0);
  return [...few, { is: around(many.map(({ is }) => is)), weight }, ...untouched];
}

/** The same is left but for less than a tick; the less is taken. */
function alikeErrors(one: ErrorTokens | null, other: ErrorTokens | null): ErrorTokens | null | undefined {
  if (one === null || other === null) return one === other ? null : undefined;
  const differs = one.saved - one.at - (other.saved - other.at);
  if (Math.abs(differs) >= TICK_MS) return undefined;
  return differs <= 0 ? one : other;
}
