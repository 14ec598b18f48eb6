import type { Partition } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Link } from '#facts/link/link';
import type { Neighbour } from '#facts/neighbour/neighbour';
import { familyOf, type Family, type Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { memoised } from '#dataplane/memo';
import type { World } from '#dataplane/world';
import { type End, end, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import { setting, settingGap } from '../setting.ts';
import type { Skb } from '../skb.ts';

/** Entries that are never swept away do not count (neigh_update_gc_list). */
const isCounted = ({ state, proxy }: Neighbour): boolean => proxy !== true && state !== 'permanent';
/** Entries in these states are in use; all others make room (neigh_forced_gc). */
const isKept = ({ state }: Neighbour): boolean => state === 'reachable' || state === 'delay' || state === 'probe' || state === 'incomplete';

/** Entries of one machine's table, which all its namespaces share, by family. */
const countedIn = memoised((_: World) => new Map<string, number>());

function keptOn(run: Run, node: string, family: Family): number {
  const counts = countedIn(run.world);
  const key = `${node} ${family}`;
  let count = counts.get(key);
  if (count === undefined) {
    count = run.world.stacksOf(node).reduce((sum, stack) => sum + kept(stack, family), 0);
    counts.set(key, count);
  }
  return count;
}

function kept({ neighbours }: Stack, family: Family): number {
  if (neighbours.is === 'gap') return 0;
  let count = 0;
  for (const entry of neighbours.table.values()) if (familyOf(entry.address) === family && isCounted(entry) && isKept(entry)) count++;
  return count;
}

/** The counter of times that a table had no room, where it rose from the first look to the last, and how many entries the table held. */
type Overflowing = { readonly fulls: FactOf<'counter'>; readonly entries: number } | undefined;

const overflowingIn = memoised(({ looks }: Partition<'counter'>) => {
  const told = (at: number, name: string) => looks.at(at)?.facts.find((one) => one.name === name);
  const of = (cache: string): Overflowing => {
    const [first, last] = [told(0, `${cache}.table_fulls`), told(-1, `${cache}.table_fulls`)];
    if (first === undefined || last === undefined || last.value <= first.value) return undefined;
    return { fulls: last, entries: told(-1, `${cache}.entries`)?.value ?? 0 };
  };
  return { 4: of('arp_cache'), 6: of('ndisc_cache') };
});

/**
 * A table that has no room for one neighbour more (net/core/neighbour.c neigh_alloc): one budget for all namespaces of a machine,
 * also for those that nobody captured, so that what the table itself counted stands beside the entries that were read, and alone where the limit was not.
 */
export function fullTable(run: Run, skb: Skb, link: Link, hop: Ip): End | undefined {
  const { stack } = skb;
  const family = familyOf(hop);
  const root = run.world.stack({ node: stack.scope.node, netns: '' }) ?? stack;
  const most = setting(root, `net.ipv${family}.neigh.default.gc_thresh3`);
  const counters = run.world.facts.partition('counter', root.scope);
  const overflowing = counters === undefined ? undefined : overflowingIn(counters)[family];
  if (most.is === 'gap')
    return overflowing && unknown(skb, settingGap(most, `the neighbour table of ${stack.scope.node} had no room at times`), [], link.name);
  const isOverflowing = overflowing !== undefined && overflowing.entries >= most.value;
  if (!isOverflowing && keptOn(run, stack.scope.node, family) < most.value) return undefined;
  const says = `the neighbour table of ${stack.scope.node} holds ${most.value} entries and has no room for ${hop} (gc_thresh3)`;
  const by = isOverflowing ? [...most.by, root.cite('counter', overflowing.fulls)] : most.by;
  return end(skb, { disposition: 'dropped', code: 'NEIGH_CREATEFAIL', says, by, device: link.name });
}
