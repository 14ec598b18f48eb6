import { memoised } from '#dataplane/memo';
import type { Evidence } from '#engine/ruling';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { IpvsServer, IpvsService } from '#facts/ipvs-service/ipvs-service';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';
import { trace } from '#sim/packet/trace';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';

/** Whether anybody is at a real server's address, and what shows it. */
export type Death = { readonly is: 'dead' | 'alive'; readonly by: readonly Evidence[] } | { readonly is: 'unknown'; readonly gap: Gap };

/** Nobody answers ARP, or, for the minute in which the old answer is still believed, nobody has that Ethernet address. */
const SILENT: ReadonlySet<string> = new Set(['NEIGH_FAILED', 'OTHERHOST']);

/** Dead is who no captured namespace is, and whom the node that balances finds at no Ethernet address. A path that is broken elsewhere is that fault's. */
export function deathOf({ address, port }: IpvsServer, { match }: IpvsService, node: string, view: View): Death {
  const holder = holders(view.facts).get(address);
  if (holder !== undefined) return { is: 'alive', by: [holder] };
  const protocol = match.by === 'address' ? match.protocol : 'tcp';
  const { outcomes } = trace(view.world, { from: onNode(node), to: address, protocol, port });
  const silent = outcomes.find(({ works, reason }) => works === 'no' && SILENT.has(reason.code));
  if (silent !== undefined && outcomes.every(({ works }) => works === 'no')) return { is: 'dead', by: silent.reason.by };
  const open = outcomes.find(({ works }) => works === 'unknown');
  if (open !== undefined) return { is: 'unknown', gap: open.reason.gap ?? notKnown(address) };
  return { is: 'alive', by: outcomes.flatMap(({ reason }) => reason.by).slice(0, 3) };
}

const notKnown = (address: Ip): Gap => ({
  of: 'neighbour',
  scope: CLUSTER,
  why: 'not collected',
  detail: `whether anybody is at ${address} is not known: its node was not captured`,
  capture: 'leadline capture',
});

const holders = memoised((facts: Facts): ReadonlyMap<Ip, FactOf<'address'>> => {
  const all = [...facts.partitions()].filter(({ kind }) => kind === 'address').flatMap((one) => one.facts as readonly FactOf<'address'>[]);
  return new Map(all.map((fact) => [fact.address, fact] as const));
});
