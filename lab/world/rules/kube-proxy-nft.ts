import type { LabService, OutwardService } from '../../vocabulary.ts';
import { chainHash } from './chain-hash.ts';

/** What one Service port brings into kube-proxy's table of nftables mode: chains with their rules, elements of maps, sets of clients. */
export type NftPort = {
  readonly chains: ReadonlyMap<string, readonly string[]>;
  /** `SET ELEMENT`, as nft takes them. */
  readonly elements: readonly { readonly set: string; readonly element: string }[];
  /** Sets that remember an endpoint's clients, with the seconds for which they do. */
  readonly kept: ReadonlyMap<string, number>;
};

/** The chains that every node has (kube-proxy v1.34), each with its lines. */
export const NFT_CHAINS: readonly (readonly [name: string, ...lines: readonly string[]])[] = [
  ['filter-prerouting-pre-dnat', 'type filter hook prerouting priority dstnat - 10; policy accept;', 'ct state new jump firewall-check'],
  ['filter-output-pre-dnat', 'type filter hook output priority -110; policy accept;', 'ct state new jump firewall-check'],
  [
    'filter-input',
    'type filter hook input priority filter; policy accept;',
    'ct state new jump nodeport-endpoints-check',
    'ct state new jump service-endpoints-check',
  ],
  ...['forward', 'output'].map(
    (hook) =>
      [
        `filter-${hook}`,
        `type filter hook ${hook} priority filter; policy accept;`,
        'ct state new jump service-endpoints-check',
        'ct state new jump cluster-ips-check',
      ] as const,
  ),
  ['nat-prerouting', 'type nat hook prerouting priority dstnat; policy accept;', 'jump services'],
  ['nat-output', 'type nat hook output priority -100; policy accept;', 'jump services'],
  ['nat-postrouting', 'type nat hook postrouting priority srcnat; policy accept;', 'jump masquerading'],
  ['nodeport-endpoints-check', 'ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports'],
  ['service-endpoints-check', 'ip daddr . meta l4proto . th dport vmap @no-endpoint-services'],
  ['firewall-check', 'ip daddr . meta l4proto . th dport vmap @firewall-ips'],
  [
    'services',
    'ip daddr . meta l4proto . th dport vmap @service-ips',
    'ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports',
  ],
  ['masquerading', 'meta mark & 0x00004000 == 0x00000000 return', 'meta mark set meta mark ^ 0x00004000', 'masquerade fully-random'],
  ['cluster-ips-check', 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'],
  ['mark-for-masquerade', 'meta mark set meta mark | 0x00004000'],
  ['reject-chain', 'comment "helper for @no-endpoint-services / @no-endpoint-nodeports"', 'reject'],
];

const BY_ADDRESS = 'type ipv4_addr . inet_proto . inet_service : verdict';
const BY_PORT = 'type inet_proto . inet_service : verdict';

/** The sets and maps that every node has, each with its lines. */
export const NFT_SETS: readonly (readonly [kind: 'set' | 'map', name: string, ...lines: readonly string[]])[] = [
  ['set', 'cluster-ips', 'type ipv4_addr', 'comment "Active ClusterIPs"'],
  ['set', 'nodeport-ips', 'type ipv4_addr', 'comment "IPs that accept NodePort traffic"'],
  ['map', 'no-endpoint-services', BY_ADDRESS, 'comment "vmap to drop or reject packets to services with no endpoints"'],
  ['map', 'no-endpoint-nodeports', BY_PORT, 'comment "vmap to drop or reject packets to service nodeports with no endpoints"'],
  ['map', 'firewall-ips', BY_ADDRESS, 'comment "destinations that are subject to LoadBalancerSourceRanges"'],
  ['map', 'service-ips', BY_ADDRESS, 'comment "ClusterIP, ExternalIP and LoadBalancer IP traffic"'],
  ['map', 'service-nodeports', BY_PORT, 'comment "NodePort traffic"'],
];

const PLAIN: OutwardService = {
  externalIps: [],
  balancers: [],
  nodePort: null,
  healthCheckNodePort: null,
  sourceRanges: [],
  isNodeInRange: false,
  isExternalLocal: false,
  affinitySeconds: null,
  here: [],
};

const MARK = 'jump mark-for-masquerade';

/** What kube-proxy v1.34 writes for one Service port in nftables mode (pkg/proxy/nftables, syncProxyRules). */
export function nftPort(service: LabService, network: string): NftPort {
  const { name, clusterIp, port, protocol, targetPort, endpoints, outward = PLAIN } = service;
  const [owner = '', portName = ''] = name.split(':');
  const path = `${owner}/${protocol}/${portName}`;
  const base = `${chainHash(path).slice(0, 8)}-${path}`;
  const end = (address: string): string => {
    const whole = `${path}__${address}/${targetPort}`;
    return `${chainHash(whole).slice(0, 8)}-${whole}`;
  };
  const { affinitySeconds, here, isExternalLocal, nodePort } = outward;
  const addressed = [...outward.externalIps, ...outward.balancers];
  const isOutward = addressed.length > 0 || nodePort !== null;
  const [any, leadsOutward] = [endpoints.length > 0, endpoints.length > 0 && (!isExternalLocal || here.length > 0)];
  const isGuarded = outward.sourceRanges.length > 0 && outward.balancers.length > 0;
  const picks = (from: readonly string[]): readonly string[] => [
    ...(affinitySeconds === null ? [] : from.map((address) => `ip saddr @affinity-${end(address)} goto endpoint-${end(address)}`)),
    `numgen random mod ${from.length} vmap { ${from.map((address, at) => `${at} : goto endpoint-${end(address)}`).join(', ')} }`,
  ];
  const chains = new Map<string, readonly string[]>();
  if (any) chains.set(`service-${base}`, [`ip daddr ${clusterIp} ip saddr != ${network} ${MARK}`, ...picks(endpoints)]);
  if (any && isOutward) chains.set(`external-${base}`, externalLines(base, isExternalLocal, leadsOutward, network));
  if (isGuarded) chains.set(`firewall-${base}`, [`ip saddr != ${rangesText(outward)} drop`]);
  if (any && isOutward && isExternalLocal && here.length > 0) chains.set(`local-${base}`, picks(here));
  for (const address of endpoints)
    chains.set(`endpoint-${end(address)}`, [
      `ip saddr ${address} ${MARK}`,
      ...(affinitySeconds === null ? [] : [`update @affinity-${end(address)} { ip saddr }`]),
      `meta l4proto ${protocol} dnat to ${address}:${targetPort}`,
    ]);
  const away = any ? 'drop' : 'goto reject-chain';
  const key = (address: string): string => `${address} . ${protocol} . ${port}`;
  const refused = (where: string): string => `${where} comment "${name}" : ${away}`;
  const elements = [
    { set: 'cluster-ips', element: clusterIp },
    any
      ? { set: 'service-ips', element: `${key(clusterIp)} : goto service-${base}` }
      : { set: 'no-endpoint-services', element: refused(key(clusterIp)) },
    ...addressed.flatMap((address) => [
      ...(any ? [{ set: 'service-ips', element: `${key(address)} : goto external-${base}` }] : []),
      ...(leadsOutward ? [] : [{ set: 'no-endpoint-services', element: refused(key(address)) }]),
    ]),
    ...(isGuarded ? outward.balancers.map((address) => ({ set: 'firewall-ips', element: `${key(address)} : goto firewall-${base}` })) : []),
    ...(nodePort === null || !any ? [] : [{ set: 'service-nodeports', element: `${protocol} . ${nodePort} : goto external-${base}` }]),
    ...(nodePort === null || leadsOutward ? [] : [{ set: 'no-endpoint-nodeports', element: refused(`${protocol} . ${nodePort}`) }]),
  ];
  const kept = affinitySeconds === null ? [] : endpoints.map((address) => [`affinity-${end(address)}`, affinitySeconds] as const);
  return { chains, elements, kept: new Map(kept) };
}

function externalLines(base: string, isLocal: boolean, leads: boolean, network: string): readonly string[] {
  if (!isLocal) return [MARK, ...(leads ? [`goto service-${base}`] : [])];
  return [
    `ip saddr ${network} goto service-${base} comment "short-circuit pod traffic"`,
    `fib saddr type local ${MARK} comment "masquerade local traffic"`,
    `fib saddr type local goto service-${base} comment "short-circuit local traffic"`,
    ...(leads ? [`goto local-${base}`] : []),
  ];
}

/** A node that is in a range may come from the balancer's own address too. */
function rangesText({ sourceRanges, isNodeInRange, balancers }: OutwardService): string {
  const all = [...sourceRanges, ...(isNodeInRange ? balancers : [])];
  return all.length === 1 ? (all[0] ?? '') : `{ ${all.join(', ')} }`;
}
