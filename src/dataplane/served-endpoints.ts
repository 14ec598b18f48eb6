import type { Facts } from '#facts/facts';
import type { IpvsService } from '#facts/ipvs-service/ipvs-service';
import { grouped } from '#facts/grouped';
import { type Ip, parseIp } from '#net/ip';
import type { Origin } from '#snapshot/origin';
import { CLUSTER, onNode } from '#snapshot/scope';
import { memoised } from './memo.ts';
import { type NftEndpointRule, nftEndpointRules } from './nft-service-rules.ts';
import { chanceOf, type EndpointRule, endpointRules, keptIn } from './service-rules.ts';

/** A client that session affinity leads back to an endpoint, and where that was read. */
export type KeptClient = { readonly address: Ip; readonly origin: Origin };

/** One endpoint behind one Service port as a node serves it, whatever machinery of kube-proxy's does. */
export type ServedEndpoint = {
  readonly node: string;
  /** `kube-system/kube-dns:dns`; of a virtual server that no Service is known for, its address. */
  readonly service: string;
  readonly endpoint: Ip;
  /** Where it is picked, and where it is led to. */
  readonly origins: readonly [Origin, ...Origin[]];
  /** How many endpoints are picked from, this one among them. */
  readonly of: number;
  /** Who is kept at it for how many seconds after the last packet; `null`: it is picked for each connection. */
  readonly kept: { readonly seconds: number; readonly clients: readonly KeptClient[] } | null;
  readonly by:
    | { readonly is: 'iptables'; readonly rule: EndpointRule }
    | { readonly is: 'nftables'; readonly rule: NftEndpointRule }
    | { readonly is: 'ipvs'; readonly server: IpvsService };
};

/** Every endpoint to which the captured nodes lead new connections of Services. */
export const servedEndpoints: (facts: Facts) => readonly ServedEndpoint[] = memoised((facts: Facts) => [
  ...byIptables(facts),
  ...byNft(facts),
  ...facts.nodes().flatMap((node) => byIpvs(facts, node)),
]);

const distinctBy = <T>(all: readonly T[], key: (one: T) => string): number => new Set(all.map(key)).size;

function byIptables(facts: Facts): readonly ServedEndpoint[] {
  const picked = grouped(endpointRules(facts), ({ chain }) => chain);
  return [...picked.values()].flatMap((own) =>
    own.map((rule): ServedEndpoint => {
      const { node, service, endpoint, chain, position, dnat } = rule;
      const before = chain.rules.slice(0, position - 1).filter((one) => chanceOf(one) !== null);
      const first = before[0] ?? rule.rule;
      const rest = [...before.slice(1), ...(before.length > 0 ? [rule.rule] : []), dnat];
      return {
        node,
        service,
        endpoint,
        origins: [first.origin, ...rest.map(({ origin }) => origin)],
        of: distinctBy(own, (one) => one.rule.target?.name ?? ''),
        kept: keptByIptables(facts, rule),
        by: { is: 'iptables', rule },
      };
    }),
  );
}

function keptByIptables(facts: Facts, rule: EndpointRule): ServedEndpoint['kept'] {
  const kept = keptIn(rule);
  if (kept === null) return null;
  const lists = facts.seen('recent-address', onNode(rule.node));
  return { seconds: kept.seconds, clients: lists.is === 'gap' ? [] : lists.value.filter(({ list }) => list === kept.list) };
}

function byNft(facts: Facts): readonly ServedEndpoint[] {
  const picked = grouped(nftEndpointRules(facts), ({ chain }) => chain);
  return [...picked.values()].flatMap((own) =>
    own.map(
      (rule): ServedEndpoint => ({
        node: rule.node,
        service: rule.service,
        endpoint: rule.endpoint,
        origins: [rule.rule.origin, rule.dnat.origin],
        of: distinctBy(own, ({ target }) => target),
        kept: keptByNft(rule),
        by: { is: 'nftables', rule },
      }),
    ),
  );
}

function keptByNft({ kept }: NftEndpointRule): ServedEndpoint['kept'] {
  if (kept === null) return null;
  const addresses = kept.elements.flatMap(({ key }) => (typeof key === 'string' ? (parseIp(key) ?? []) : []));
  return { seconds: kept.timeoutSeconds ?? 0, clients: addresses.map((address) => ({ address, origin: kept.origin })) };
}

/** Of a server with weight 0 the old connections go on, and it gets no new ones. */
function byIpvs(facts: Facts, node: string): readonly ServedEndpoint[] {
  const servers = facts.seen('ipvs-service', onNode(node));
  if (servers.is === 'gap') return [];
  return servers.value.flatMap((server) => {
    const live = server.servers.filter(({ weight }) => weight > 0);
    return live.map(
      ({ address }): ServedEndpoint => ({
        node,
        service: serviceOf(facts, server),
        endpoint: address,
        origins: [server.origin],
        of: live.length,
        kept: server.persistentSeconds === null ? null : { seconds: server.persistentSeconds ?? 0, clients: [] },
        by: { is: 'ipvs', server },
      }),
    );
  });
}

/** The Service port that a virtual server is for, where the objects tell; else its address. */
export function serviceOf(facts: Facts, { match }: IpvsService): string {
  if (match.by === 'mark') return `mark ${match.mark}`;
  const { address, port, protocol } = match;
  const named = namedFronts(facts).get(`${address} ${port} ${protocol}`);
  return named ?? `${address.includes(':') ? `[${address}]` : address}:${port}/${protocol}`;
}

/** Names of Service ports by cluster address, port and protocol. */
const namedFronts = memoised((facts: Facts): ReadonlyMap<string, string> => {
  const services = facts.seen('service', CLUSTER);
  const all = services.is === 'gap' ? [] : services.value;
  return new Map(
    all.flatMap(({ namespace, name, clusterIps, ports }) =>
      ports.flatMap((port) =>
        clusterIps.map((address): [string, string] => [
          `${address} ${port.port} ${port.protocol.toLowerCase()}`,
          `${namespace}/${name}${port.name === undefined || port.name === '' ? '' : `:${port.name}`}`,
        ]),
      ),
    ),
  );
});
