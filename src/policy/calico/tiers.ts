import type { Facts } from '#facts/facts';
import { CLUSTER } from '#snapshot/scope';
import { byOrder, type TieredPolicy } from './converted.ts';

/** One tier for one pod: the policies of it that apply, in their order, and what becomes of what they do not name. */
export type Tier = { readonly name: string; readonly policies: readonly TieredPolicy[]; readonly defaultAction: 'Deny' | 'Pass' };

/** The tier of policies that name none, and its place (libcalico-go lib/apis/v3, DefaultTierOrder). */
const DEFAULT = { name: 'default', order: 1_000_000, defaultAction: 'Deny' } as const;
const LAST = Number.POSITIVE_INFINITY;
const ACTIONS = ['Deny', 'Pass'] as const;

/** Of more tiers that were not captured not all orders are tried: three stand in a thousand or two. */
const MOST_UNTOLD = 3;

/**
 * The orders in which the tiers of some policies may stand: one, unless some were not captured, whose places and default actions nobody
 * knows. None: they are too many to try.
 */
export function tierings(facts: Facts, policies: readonly TieredPolicy[]): readonly (readonly Tier[])[] {
  const read = facts.seen('calico-tier', CLUSTER);
  const told = new Map([DEFAULT, ...(read.is === 'gap' ? [] : read.value)].map((tier) => [tier.name, tier] as const));
  const names = [...new Set(policies.map(({ tier }) => tier))];
  const untold = names.filter((name) => !told.has(name));
  if (untold.length > MOST_UNTOLD) return [];
  const tierOf = (name: string, defaultAction: Tier['defaultAction']): Tier => ({
    name,
    policies: policies.filter(({ tier }) => tier === name).sort(byOrder),
    defaultAction,
  });
  const known = names
    .flatMap((name) => told.get(name) ?? [])
    .toSorted((one, other) => compare(one.order ?? LAST, other.order ?? LAST) || compare(one.name, other.name))
    .map(({ name, defaultAction }) => tierOf(name, defaultAction));
  return untold.reduce<readonly (readonly Tier[])[]>(
    (orders, name) => orders.flatMap((order) => ACTIONS.flatMap((action) => atEachPlace(order, tierOf(name, action)))),
    [known],
  );
}

const atEachPlace = (tiers: readonly Tier[], one: Tier): readonly (readonly Tier[])[] =>
  Array.from({ length: tiers.length + 1 }, (_, place) => tiers.toSpliced(place, 0, one));

const compare = <T extends number | string>(one: T, other: T): number => (one < other ? -1 : one > other ? 1 : 0);
