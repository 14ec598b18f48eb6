import { grouped } from '#facts/grouped';
import type { Evidence } from '#engine/ruling';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { cidrFamily, cidrOf, contains } from '#net/cidr';
import { bitsOf, familyOf, type Ip } from '#net/ip';
import type { TracedOutcome } from '#sim/packet/outcome';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';
import { holderOf } from './holder.ts';

/** Whether an endpoint lives, and what shows it. */
export type Death =
  | { readonly is: 'dead'; readonly machine: Ip | null; readonly asker: string; readonly by: readonly Evidence[] }
  | { readonly is: 'alive'; readonly by: readonly Evidence[] }
  | { readonly is: 'unknown'; readonly gap: Gap };

/**
 * Dead is an endpoint that no captured namespace has, towards which every way through a Service ends where nobody answers ARP:
 * for its machine on the underlay, which its lease names, or for the pod itself on its node's bridge. What only a broken path
 * separates is alive.
 */
export function deathOf(endpoint: Ip, lease: FactOf<'lease'> | undefined, view: View): Death {
  const ways = view.checks.flatMap(({ answered }) => answered.outcomes).filter((one) => leadsTo(one, endpoint));
  const working = ways.find(({ works }) => works === 'yes');
  if (working !== undefined) return { is: 'alive', by: working.reason.by };
  const holder = holderOf(endpoint, view.facts);
  if (holder !== undefined) return { is: 'alive', by: [holder] };
  const isAsked = (one: TracedOutcome): boolean => lease === undefined || neighbourOf(one, view)?.address === lease.publicIp;
  const unanswered = ways.filter((one) => isUnanswered(one, view) && isAsked(one));
  const [first] = unanswered;
  if (first === undefined) return otherwise(ways, endpoint);
  const home = homeOf(endpoint, lease, view.facts);
  const { node } = first.at;
  // whose lease names a machine that is gone while a captured node calls the subnet its own: the lease is wrong, not the machine dead
  if (home !== undefined) return home.node === node && lease === undefined ? podGone(first, view) : { is: 'alive', by: [home.by] };
  const neighbour = neighbourOf(first, view);
  const machine = neighbour?.address ?? null;
  const captured = machine === null ? undefined : holderOf(machine, view.facts);
  if (captured !== undefined) return { is: 'alive', by: [captured] };
  // a machine with another address, too, may be one of those that were captured
  const unread = rootAddressesUnread(view.facts);
  if (unread !== undefined) return { is: 'unknown', gap: unread };
  // asked for by itself where no captured node has its pods: it may live elsewhere, and the packet be led astray
  if (machine === endpoint) return notKnown(endpoint);
  return { is: 'dead', machine, asker: node, by: evidenceOf(unanswered) };
}

/** A Service's packet that was rewritten to this endpoint. */
const leadsTo = ({ packet, received }: TracedOutcome, endpoint: Ip): boolean =>
  received.destination === endpoint && packet.destination !== endpoint;

/** Ended by an ARP that nobody answered, on a device where ARP is really asked. */
function isUnanswered({ works, reason, at }: TracedOutcome, view: View): boolean {
  if (works !== 'no' || reason.code !== 'NEIGH_FAILED' || at.netns !== '' || at.device === null) return false;
  const link = view.world.stack(at)?.link(at.device);
  return link !== undefined && link.vxlan == null && link.type !== 'vxlan';
}

const evidenceOf = (outcomes: readonly TracedOutcome[]): readonly Evidence[] => {
  const byNode = grouped(outcomes, ({ at }) => at.node);
  return [...byNode.values()].flatMap(([one]) => one?.reason.by.slice(0, 1) ?? []);
};

/** Why nothing shows it dead: it fails for another reason, or nobody could tell. */
function otherwise(ways: readonly TracedOutcome[], endpoint: Ip): Death {
  const unclear = ways.find(({ works }) => works === 'unknown');
  const failing = ways.find(({ works }) => works === 'no');
  if (unclear?.reason.gap !== undefined) return { is: 'unknown', gap: unclear.reason.gap };
  return failing !== undefined && unclear === undefined ? { is: 'alive', by: failing.reason.by } : notKnown(endpoint);
}

function notKnown(endpoint: Ip): Death {
  const detail = `what becomes of packets to ${endpoint} is not known: its machine was not captured, and nobody has asked for it`;
  return {
    is: 'unknown',
    gap: { of: 'neighbour', scope: CLUSTER, why: 'not collected', detail, capture: `leadline capture on the machine of ${endpoint}` },
  };
}

/** The node lives and was captured, and none of its namespaces has the address. */
function podGone(outcome: TracedOutcome, view: View): Death {
  const namespaces = view.facts.scopes(outcome.at.node).filter(({ netns }) => netns !== '');
  for (const scope of namespaces) {
    const addresses = view.seen('address', scope);
    if (addresses.is === 'gap') return { is: 'unknown', gap: addresses.gap };
  }
  const listed = view.seen('namespace', onNode(outcome.at.node));
  if (listed.is === 'gap') return { is: 'unknown', gap: listed.gap };
  return { is: 'dead', machine: null, asker: outcome.at.node, by: [...evidenceOf([outcome]), ...listed.origins.slice(0, 1)] };
}

/**
 * The captured node on whose bridge the endpoint would be, by flannel's file, or by the bridge's address where there is neither a file nor
 * a lease.
 */
function homeOf(
  endpoint: Ip,
  lease: FactOf<'lease'> | undefined,
  facts: Facts,
): { readonly node: string; readonly by: Evidence } | undefined {
  for (const node of facts.nodes()) {
    const [addresses, files] = [facts.seen('address', onNode(node)), facts.seen('subnet-env', onNode(node))];
    const own =
      addresses.is === 'gap' || lease !== undefined
        ? []
        : addresses.value.filter(({ address, length }) => length < bitsOf(familyOf(address)));
    const bridge = own.find(({ address, length }) => contains(cidrOf(address, length), endpoint));
    const told = files.is === 'gap' ? [] : files.value.filter(({ subnet }) => subnet != null && cidrFamily(subnet) === familyOf(endpoint));
    const evidence = told.length === 0 ? bridge : told.find(({ subnet }) => subnet != null && contains(subnet, endpoint));
    if (evidence !== undefined) return { node, by: evidence };
  }
  return undefined;
}

function rootAddressesUnread(facts: Facts): Gap | undefined {
  const read = facts.nodes().map((node) => facts.seen('address', onNode(node)));
  return read.flatMap((one) => (one.is === 'gap' ? [one.gap] : []))[0];
}

function neighbourOf({ at, reason }: TracedOutcome, view: View): { readonly address: Ip } | undefined {
  const cited = reason.by.find(({ kind }) => kind === 'neighbour')?.key;
  const table = view.seen('neighbour', { node: at.node, netns: at.netns });
  return table.is === 'gap' ? undefined : table.value.find(({ dev, address }) => `${dev} ${address}` === cited);
}
