import { routePart, type Route } from '#facts/route/route';
import type { Family, Ip } from '#net/ip';
import { PrefixTable } from '#net/prefix-table';
import type { Gap } from '#snapshot/gap';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import type { Run } from '../run.ts';
import { untold } from '../untold.ts';
import { type RouteFlow, tosOf } from './flow.ts';
import type { Found, TableAnswer } from './found.ts';
import { search4 } from './table4.ts';

/** A table of a family; nothing where it was listed and has no routes. */
export function tableOf(
  stack: Stack,
  name: string,
  family: Family,
): { readonly table: PrefixTable<Route> | undefined } | { readonly gap: Gap } {
  const { routes, derivedLocal } = stack;
  const covered = routes.is === 'seen' && covers(routes.table.covers, name, family);
  const own = routes.is === 'seen' ? routes.table.tables.get(name) : undefined;
  const derived = name === 'local' && !covered && derivedLocal.is === 'seen' ? derivedLocal.table : undefined;
  if (covered || derived !== undefined) return { table: own ?? derived };
  return { gap: routes.is === 'gap' ? routes.gap : partly(stack, 'route', `routing table ${name} was not read whole`) };
}

/** Whether a reading lists a table whole. Who lists even `default` has listed every table: one without routes is then empty. */
const covers = (read: true | readonly string[], table: string, family: Family): boolean =>
  read === true ||
  read.includes(routePart(table, family)) ||
  ['main', 'local', 'default'].every((one) => read.includes(routePart(one, family)));

/** What a table finds. */
export function foundIn(stack: Stack, table: PrefixTable<Route> | undefined, flow: RouteFlow): TableAnswer {
  if (table === undefined) return undefined;
  if (flow.oif !== null || tosOf(flow) !== 0) return search4(stack, table, flow);
  const before = foundBefore(stack)(table);
  const found = before.get(flow.destination) ?? search4(stack, table, flow) ?? null;
  before.set(flow.destination, found);
  return found ?? undefined;
}

/** What was found for destinations where nothing else was asked for; `null`: nothing. */
const foundBefore = memoised((_: Stack) => memoised((_table: PrefixTable<Route>) => new Map<Ip, NonNullable<TableAnswer> | null>()));

/** Tables `local` and `main` as the one trie that they are until somebody touches the rules. */
export const joined = (first: PrefixTable<Route> | undefined, second: PrefixTable<Route> | undefined): PrefixTable<Route> | undefined =>
  first === undefined || second === undefined ? (first ?? second) : joinedWith(first)(second);

/** Two tables as one trie, made once. */
const joinedWith = memoised((first: PrefixTable<Route>) => memoised((second: PrefixTable<Route>) => PrefixTable.joined(first, second)));

/** Whether rules were there once, so that the tables are no longer one: nobody can tell. */
export function areSplit(run: Run | null, stack: Stack, flow: RouteFlow, { by }: Found): boolean {
  if (run === null) return false;
  const detail = `whether the policy rules were ever changed is not told: then table local is asked before main for ${flow.destination}`;
  const missing = { of: 'rule', why: 'not modelled' } as const;
  return untold(run, stack, { at: 'rules touched', of: 'history', options: ['never', 'once'], detail, missing, by: [by] }) === 1;
}

/** A gap of what was read only in part. */
export const partly = (stack: Stack, of: string, detail: string): Gap => ({ of, scope: stack.scope, why: 'not collected', detail });
