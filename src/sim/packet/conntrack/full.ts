import type { Partition } from '#facts/facts';
import { riseOf } from '#facts/counter/rise';
import type { FactOf } from '#facts/kinds';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import type { Gap } from '#snapshot/gap';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import { setting } from '../setting.ts';

/** A table without room: whether the new connection is refused, or another may be dropped for it. */
export type Full =
  | { readonly is: 'full'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

/** Entries end and others take their places: a table that drops packets stands a little below its limit at times. */
const NEARLY = 0.95;

/**
 * Whether the connection table takes one more (net/netfilter/nf_conntrack_core.c __nf_conntrack_alloc); a limit of 0 is none. A full
 * one makes room by dropping an entry that is not assured, if the few buckets that it looks into hold one (early_drop). How often it
 * finds one is known where packets or entries were dropped between two looks; that it finds none, where all entries were read. Where
 * the limit was not read those counters alone tell that there is no room.
 */
export function fullTable(run: Run, stack: Stack): Full | undefined {
  const count = setting(stack, 'net.netfilter.nf_conntrack_count');
  const most = setting(stack, 'net.netfilter.nf_conntrack_max');
  const isRead = count.is === 'seen' && most.is === 'seen';
  if (isRead && (most.value === 0 || count.value < NEARLY * most.value)) return undefined;
  const says = isRead ? `the connection table is full: ${count.value} of ${most.value}` : 'the connection table had no room at times';
  const by = isRead ? [...count.by, ...most.by] : [];
  const counters = run.world.facts.partition('counter', stack.scope);
  const { drops, share } = counters === undefined ? UNCOUNTED : countedIn(counters);
  if (drops !== undefined && isRefused(run, stack, share)) return { is: 'full', says, by: [...by, stack.cite('counter', drops)] };
  if (share !== null || (drops === undefined && !(isRead && count.value >= most.value))) return undefined;
  const { connections } = stack;
  if (connections.is === 'seen' && connections.complete && connections.table.allAssured) return { is: 'full', says, by };
  const detail = `${says}; whether an entry that is not assured makes room is not known`;
  return { is: 'gap', gap: { of: 'conntrack', scope: stack.scope, why: 'not modelled', detail } };
}

/** As often as packets were dropped for want of room, and not entries for theirs. */
function isRefused(run: Run, stack: Stack, share: number | null): boolean {
  if (share === null || share === 1) return share === 1;
  const options = [
    { name: 'no room', probability: share },
    { name: 'an entry makes room', probability: 1 - share },
  ];
  return run.pick({ at: `${placeText(stack)} connection table`, of: 'early drop', scope: 'connection', options }) === 0;
}

/** What the counters say that rose from the first look to the last: the share of new connections that found no room, where any was in need. */
type Counted = { readonly drops: FactOf<'counter'> | undefined; readonly share: number | null };
const UNCOUNTED: Counted = { drops: undefined, share: null };

const countedIn = memoised((counters: Partition<'counter'>): Counted => {
  const { counter, by: dropped } = riseOf(counters, 'conntrack.drop');
  const { by: evicted } = riseOf(counters, 'conntrack.early_drop');
  return {
    drops: counter !== null && dropped !== null && dropped > 0 ? counter : undefined,
    share: dropped === null || evicted === null || dropped + evicted === 0 ? null : dropped / (dropped + evicted),
  };
});
