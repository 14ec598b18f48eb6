import type { Link } from '#facts/link/link';
import type { Neighbour } from '#facts/neighbour/neighbour';
import { familyOf, type Family, type Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { memoised } from '#dataplane/memo';
import type { World } from '#dataplane/world';
import { type End, end } from '../next.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
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

/** A table that has no room for one neighbour more (net/core/neighbour.c neigh_alloc): one budget for all namespaces of a machine. */
export function fullTable(run: Run, skb: Skb, link: Link, hop: Ip): End | undefined {
  const { stack } = skb;
  const family = familyOf(hop);
  const root = run.world.stack({ node: stack.scope.node, netns: '' }) ?? stack;
  const most = setting(root, `net.ipv${family}.neigh.default.gc_thresh3`);
  if (most === undefined || keptOn(run, stack.scope.node, family) < most.value) return undefined;
  const says = `the neighbour table of ${stack.scope.node} holds ${most.value} entries and has no room for ${hop} (gc_thresh3)`;
  return end(skb, { disposition: 'dropped', code: 'NEIGH_CREATEFAIL', says, by: most.by, device: link.name });
}
