import { clusterLookup } from '#engine/invariants/lookups';
import type { View } from '#engine/view';
import type { Ip } from '#net/ip';
import { everyLookup } from '#sim/dns/every-lookup';
import type { Found } from './text.ts';

type Lookup = Pick<Found, 'lookupS' | 'lookupResult' | 'nameserver'>;

/** What a pod's lookup comes to that draws the endpoint; nothing when none does. */
export function lookupOf(endpoint: Ip, view: View): Lookup {
  for (const { kind, answered } of view.checks) {
    const outcome =
      kind === 'lookup' ? answered.outcomes.find(({ received, works }) => received.destination === endpoint && works === 'no') : undefined;
    const from = outcome?.hops[0]?.at;
    const question = from === undefined ? undefined : clusterLookup(view.facts, { node: from.node, netns: from.netns });
    if (question === undefined) continue;
    const { branches } = everyLookup({ ...question, world: view.world });
    const worst = branches
      .map(({ lookup }) => lookup)
      .filter(({ queries }) => queries.some(({ outcome: one }) => one.received.destination === endpoint))
      .toSorted((one, other) => other.afterMs - one.afterMs)[0];
    if (worst === undefined) continue;
    return { lookupS: worst.afterMs / 1000, lookupResult: worst.result, nameserver: worst.queries[0]?.server ?? null };
  }
  return { lookupS: null, lookupResult: null, nameserver: null };
}
