import type { Facts } from '#facts/facts';
import { CLUSTER } from '#snapshot/scope';
import { byOrder, type TieredPolicy } from './converted.ts';

/** One tier for one pod: the policies of it that apply, in their order, and what becomes of what they do not name. */
export type Tier = { readonly name: string; readonly policies: readonly TieredPolicy[]; readonly defaultAction: 'Deny' | 'Pass' };

/** The tier of policies that name none, and its place (libcalico-go lib/apis/v3, DefaultTierOrder). */
const DEFAULT = { name: 'default', order: 1_000_000, defaultAction: 'Deny' } as const;
const LAST = Number.POSITIVE_INFINITY;

/** The orders in which the tiers of some policies may stand: one, unless a tier was not captured, whose place and default action nobody knows. */
export function tierings(facts: Facts, policies: readonly TieredPolicy[]): readonly (readonly Tier[])[] {
  const names = [...new Set(policies.map(({ tier }) => tier))];
  const read = facts.seen('calico-tier', CLUSTER);
  const captured = (read.is === 'gap' ? [] : read.value).filter(({ name }) => names.includes(name));
  const told = new Map<string, Place>([DEFAULT, ...captured].map((tier) => [tier.name, { ...tier, order: tier.order ?? LAST }]));
  if (names.every((name) => told.has(name))) return [tiersOf(names, policies, told)];
  const orders = [Number.NEGATIVE_INFINITY, ...[...told.values()].map(({ order }) => order + 0.5)];
  return orders.flatMap((order) =>
    ACTIONS.map((defaultAction) =>
      tiersOf(names, policies, new Map(names.map((name) => [name, told.get(name) ?? { order, defaultAction }]))),
    ),
  );
}

type Place = { readonly order: number; readonly defaultAction: Tier['defaultAction'] };

const ACTIONS = ['Deny', 'Pass'] as const;

function tiersOf(names: readonly string[], policies: readonly TieredPolicy[], places: ReadonlyMap<string, Place>): readonly Tier[] {
  const orderOf = (name: string): number => places.get(name)?.order ?? LAST;
  return names
    .toSorted((one, other) => compare(orderOf(one), orderOf(other)) || compare(one, other))
    .map((name) => ({
      name,
      policies: policies.filter(({ tier }) => tier === name).sort(byOrder),
      defaultAction: places.get(name)?.defaultAction ?? DEFAULT.defaultAction,
    }));
}

const compare = <T extends number | string>(one: T, other: T): number => (one < other ? -1 : one > other ? 1 : 0);
