import type { Facts } from '#facts/facts';
import type { IptablesTable } from '#facts/iptables/iptables';
import type { NftTable } from '#facts/nft/nft';
import { type Ip, parseIp } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { kubeProxyTables, servicePortOf } from './nft-service-rules.ts';
import { serviceOf } from './served-endpoints.ts';

/** A Service's cluster address, as a node's own rules or the API name it. */
export type ServedFront = { readonly name: string; readonly address: Ip; readonly protocol: 'tcp' | 'udp'; readonly port: number };

/** The cluster addresses that a node serves, whatever machinery of kube-proxy's does. */
export function servedFronts(facts: Facts, node: string): readonly ServedFront[] {
  const tables = facts.seen('iptables', onNode(node));
  const nat = tables.is === 'gap' ? [] : tables.value.filter(({ table }) => table === 'nat');
  return [
    ...nat.flatMap((table) => byIptables(table)),
    ...kubeProxyTables(facts, node).flatMap((table) => byNft(table)),
    ...byIpvs(facts, node),
  ];
}

/** kube-proxy's own words in its rules: `-d IP/32 -p tcp … "ns/name:port cluster IP" … --dport N -j KUBE-SVC-…`. */
const byIptables = ({ chains }: IptablesTable): readonly ServedFront[] =>
  chains
    .filter(({ name }) => name === 'KUBE-SERVICES')
    .flatMap(({ rules }) => rules)
    .flatMap((rule): ServedFront[] => {
      const comment = rule.matches.find(({ name }) => name === 'comment')?.options[0]?.values[0];
      const port = rule.matches.flatMap(({ options }) => options).find(({ name }) => name.replace(/^-+/, '') === 'dport')?.values[0];
      const address = parseIp(rule.destination?.value.split('/')[0] ?? '');
      const protocol = rule.protocol?.value;
      if (comment === undefined || !comment.endsWith(' cluster IP') || address === undefined) return [];
      if ((protocol !== 'tcp' && protocol !== 'udp') || port === undefined || rule.target?.name.startsWith('KUBE-SVC-') !== true) return [];
      return [{ name: comment.slice(0, -' cluster IP'.length), address, protocol, port: Number(port) }];
    });

/** The elements of its map: `10.96.0.10 . udp . 53 : goto service-HASH-ns/name/udp/port`. */
const byNft = ({ sets }: NftTable): readonly ServedFront[] =>
  sets
    .filter(({ name, isMap }) => isMap && name === 'service-ips')
    .flatMap(({ elements }) => elements)
    .flatMap(({ key, data }): ServedFront[] => {
      const chain = typeof data === 'object' && data?.is === 'verdict' ? data.chain : null;
      const service = chain?.startsWith('service-') === true ? servicePortOf(chain) : undefined;
      const [address, , port] = typeof key === 'object' && key.is === 'concat' ? key.parts : [];
      const ip = typeof address === 'string' ? parseIp(address) : undefined;
      if (service === undefined || service.protocol === 'sctp' || ip === undefined || typeof port !== 'number') return [];
      return [{ name: service.name, protocol: service.protocol, address: ip, port }];
    });

/** In IPVS mode kube-proxy puts the addresses of Services on a device of its own. */
const DEVICE = 'kube-ipvs0';

function byIpvs(facts: Facts, node: string): readonly ServedFront[] {
  const [servers, addresses] = [facts.seen('ipvs-service', onNode(node)), facts.seen('address', onNode(node))];
  if (servers.is === 'gap' || addresses.is === 'gap') return [];
  const own = new Set(addresses.value.flatMap(({ dev, address }) => (dev === DEVICE ? [address] : [])));
  return servers.value.flatMap((server): ServedFront[] => {
    const { match } = server;
    if (match.by !== 'address' || match.protocol === 'sctp' || !own.has(match.address)) return [];
    if (server.servers.every(({ weight }) => weight === 0)) return [];
    return [{ name: serviceOf(facts, server), address: match.address, protocol: match.protocol, port: match.port }];
  });
}
