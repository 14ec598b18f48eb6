import { nodeAddress } from '#dataplane/endpoints';
import { memoised } from '#dataplane/memo';
import type { World } from '#dataplane/world';
import { programmed } from '#engine/services/programmed';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { announcersOf } from '#intent/kube-proxy/announcers';
import { type Front, frontsOf } from '#intent/kube-proxy/fronts';
import { cidrOf, contains, nthAddress } from '#net/cidr';
import { familyOf, type Ip, ip } from '#net/ip';
import { answersArp } from '#sim/packet/neighbour/arp';
import type { Gap } from '#snapshot/gap';
import { CLUSTER, onNode } from '#snapshot/scope';

type Address = FactOf<'address'>;

/** A node that answers ARP for an address by its uplink, and where it has the address. */
export type Answering = { readonly node: string; readonly uplink: string; readonly held: Address; readonly serves: boolean };

/** A node that has an address and of which a setting was not read that decides whether it answers. */
type Unsure = { readonly node: string; readonly unread: Gap };

/** Who answers for an address of a Service: the one that is to, where that is told, and all others. */
export type Answerers = {
  readonly service: string;
  readonly meant: string | null;
  readonly all: readonly Answering[];
  readonly unread: Gap | null;
};

/** A client outside of any cluster (RFC 5737). */
const OUTSIDE = ip`198.51.100.77`;

/** Which captured nodes answer ARP for an address of a load balancer, and whether each leads clients on to an endpoint. */
export function answerersOf(world: World, address: Ip): Answerers | undefined {
  const { facts } = world;
  const service = ownersOf(facts).get(address);
  if (service === undefined) return undefined;
  const told = announcersOf(facts, service).find((one) => one.address === address);
  const asked = facts.nodes().flatMap((node) => answering(world, node, address));
  const all = asked.filter((one) => 'uplink' in one);
  const unread = asked.find((one) => 'unread' in one)?.unread ?? null;
  return { service: `${service.namespace}/${service.name}`, meant: told?.node ?? null, all, unread };
}

/** The Services by their addresses for clients outside. */
const ownersOf = memoised((facts: Facts): ReadonlyMap<Ip, FactOf<'service'>> => {
  const services = facts.seen('service', CLUSTER);
  const all = services.is === 'seen' ? services.value : [];
  return new Map(all.flatMap((service) => outsideAddresses(service).map((address) => [address, service] as const)));
});

/** The IPv4 addresses by which clients outside reach a Service. */
export const outsideAddresses = ({ policy }: FactOf<'service'>): readonly Ip[] =>
  [
    ...(policy?.loadBalancer ?? []).flatMap((one) => (one.address === null || one.mode === 'Proxy' ? [] : [one.address])),
    ...(policy?.externalIps ?? []),
  ].filter((one) => familyOf(one) === 4);

/** Those that answer although they are not meant to, and let clients down. */
export const wrongOnes = ({ meant, all }: Answerers): readonly Answering[] =>
  all.filter(({ node, serves }) => !serves && node !== meant && (meant !== null || all.length > 1));

function answering(world: World, node: string, address: Ip): readonly (Answering | Unsure)[] {
  const stack = world.stack(onNode(node));
  if (stack === undefined || stack.addresses.is === 'gap') return [];
  const { byAddress } = stack.addresses.table;
  const held = byAddress.get(address)?.[0];
  const own = held === undefined ? null : nodeAddress(world.facts, node);
  const main = own === null ? undefined : byAddress.get(own)?.[0];
  const link = main === undefined ? undefined : stack.link(main.dev);
  if (main === undefined || held === undefined || link === undefined) return [];
  const prefix = cidrOf(main.address, main.length);
  // from elsewhere it is reached by a router, and nobody asks for it by ARP
  if (!contains(prefix, address)) return [];
  const asker = [1, 2, 3].map((nth) => nthAddress(prefix, nth)).find((one) => one !== own && one !== address);
  if (asker === undefined) return [];
  const answers = answersArp(stack, link, address, asker);
  if (answers === false) return [];
  if (answers !== true) return [{ node, unread: answers.gap }];
  return [{ node, uplink: link.name, held, serves: serves(world, node, address) }];
}

/** Whether each port of the address leads clients outside to an endpoint on this node. */
function serves(world: World, node: string, address: Ip): boolean {
  const fronts = frontsOf(world.facts, node);
  const own = fronts.is === 'gap' ? [] : fronts.value.filter((front: Front) => front.address === address);
  const fates = own.flatMap((front) => programmed(world, node, front, { is: 'outside', address: OUTSIDE })?.fates ?? []);
  return fates.length > 0 && fates.every(({ fate }) => fate.is === 'endpoint' || fate.is === 'unknown');
}
