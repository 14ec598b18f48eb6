import type { ServedEndpoint } from '#dataplane/served-endpoints';
import { clusterLookup } from '#engine/invariants/lookups';
import type { View } from '#engine/view';
import type { Ip } from '#net/ip';
import { everyLookup } from '#sim/dns/every-lookup';

/** What a pod's lookup comes to that draws a dead endpoint. */
export type DrawnLookup = { readonly endpoint: Ip; readonly seconds: number; readonly result: string; readonly nameserver: Ip };

/** The first failing lookup that leads to one of these endpoints; nothing when none does. */
export function lookupOf(rules: readonly ServedEndpoint[], view: View): DrawnLookup | undefined {
  const endpoints = new Set(rules.map(({ endpoint }) => endpoint));
  for (const { kind, answered } of view.checks) {
    if (kind !== 'lookup') continue;
    const failing = answered.outcomes.find(({ received, works }) => works === 'no' && endpoints.has(received.destination));
    const from = failing?.hops[0]?.at;
    const question = from === undefined ? undefined : clusterLookup(view.facts, { node: from.node, netns: from.netns });
    if (question === undefined || failing === undefined) continue;
    const endpoint = failing.received.destination;
    const [worst] = everyLookup({ ...question, world: view.world })
      .branches.map(({ lookup }) => lookup)
      .filter(({ queries }) => queries.some(({ outcome }) => outcome.received.destination === endpoint))
      .toSorted((one, other) => other.afterMs - one.afterMs);
    const nameserver = worst?.queries[0]?.server;
    if (worst !== undefined && nameserver !== undefined)
      return { endpoint, seconds: worst.afterMs / 1000, result: worst.result, nameserver };
  }
  return undefined;
}
