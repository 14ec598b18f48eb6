import type { Route } from '#facts/route/route';
import type { Ip } from '#net/ip';
import type { PrefixTable } from '#net/prefix-table';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import type { RouteFlow } from './flow.ts';
import type { Found } from './found.ts';
import { areSplit, foundIn, joined, tableOf } from './tables.ts';

/** Whether a namespace may send from an address, or why that is not known. */
export type OwnSource =
  | { readonly is: 'own' }
  | { readonly is: 'foreign'; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

const OWN: OwnSource = { is: 'own' };

/**
 * What IPv4 lets a stack send from: addresses of its devices, and what table `local` has as its own (net/ipv4/devinet.c
 * __ip_dev_find). A route of type local in another table takes packets in, but nothing can answer from there.
 */
export function ownSource(run: Run, stack: Stack, address: Ip): OwnSource {
  const { addresses } = stack;
  if (addresses.is === 'seen' && addresses.table.byAddress.has(address)) return OWN;
  const flow: RouteFlow = { source: null, destination: address, iif: 'lo', oif: null, mark: 0, packet: null };
  const local = tableOf(stack, 'local', 4);
  if ('gap' in local) return { is: 'gap', gap: local.gap };
  const found = foundIn(stack, local.table, flow);
  if (found !== undefined && 'gap' in found) return { is: 'gap', gap: found.gap };
  const both = asOne(stack, local.table, flow) ?? found;
  const [alone, together] = [found, both].map((one) => one?.route.type === 'local');
  const isOwn = both === undefined || alone === together || !areSplit(run, stack, flow, both) ? together : alone;
  return isOwn === true ? OWN : { is: 'foreign', by: both === undefined ? [] : [both.by] };
}

/** What `local` and `main` find together, as long as nobody has touched the rules. */
function asOne(stack: Stack, local: PrefixTable<Route> | undefined, flow: RouteFlow): Found | undefined {
  const { rules } = stack;
  const main = tableOf(stack, 'main', 4);
  if (rules.is === 'gap' || rules.table.custom || 'gap' in main) return undefined;
  const found = foundIn(stack, joined(local, main.table), flow);
  return found === undefined || 'gap' in found ? undefined : found;
}
