/** What may be, each with how likely it is; in all 1. */
export type Odds<T> = readonly { readonly is: T; readonly weight: number }[];

/** What is so for sure. */
export const sure = <T>(is: T): Odds<T> => [{ is, weight: 1 }];

/** How likely it is that this holds. */
export const likelihood = <T>(odds: Odds<T>, holds: (is: T) => boolean): number =>
  odds.reduce((sum, { is, weight }) => sum + (holds(is) ? weight : 0), 0);

/** What may be where this holds: as likely among each other as before. */
export function given<T>(odds: Odds<T>, holds: (is: T) => boolean): Odds<T> {
  const all = likelihood(odds, holds);
  return odds.flatMap(({ is, weight }) => (holds(is) ? [{ is, weight: weight / all }] : []));
}

/** The same of something that follows from each. */
export const each = <T, U>(odds: Odds<T>, then: (is: T) => U): Odds<U> => odds.map(({ is, weight }) => ({ is: then(is), weight }));

/** One of several odds, each as likely as its weight says: what is `alike` becomes one. */
export function mixed<T>(parts: readonly Odds<T>[], weights: readonly number[], alike: (one: T, other: T) => T | undefined): Odds<T> {
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const found: { is: T; weight: number }[] = [];
  for (const [at, odds] of parts.entries()) {
    for (const { is, weight } of odds) add(found, is, (weight * (weights[at] ?? 0)) / all, alike);
  }
  return found;
}

function add<T>(found: { is: T; weight: number }[], is: T, weight: number, alike: (one: T, other: T) => T | undefined): void {
  if (weight === 0) return;
  for (const before of found) {
    const both = alike(before.is, is);
    if (both === undefined) continue;
    before.is = both;
    before.weight += weight;
    return;
  }
  found.push({ is, weight });
}
