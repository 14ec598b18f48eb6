/** What kube-proxy v1.34 writes in its nftables mode for very many Services, two endpoints each: as its recorded output has it. */
export function nftServices(services: number, endpoints: readonly [string, string]): string {
  const all = Array.from({ length: services }, (_, number) => ({
    address: addressOf(number),
    chain: `service-${number}-default/s${number}/tcp/p0`,
  }));
  const chainOf = (number: number, endpoint: string): string => `endpoint-${number}-default/s${number}/tcp/p0__${endpoint}/8080`;
  return `table ip kube-proxy {
${set(
  'set cluster-ips',
  'ipv4_addr',
  all.map(({ address }) => address),
)}
${set(
  'map service-ips',
  TUPLE,
  all.map(({ address, chain }) => `${address} . tcp . 80 : goto ${chain}`),
)}
${set('map no-endpoint-services', TUPLE, ['10.96.0.99 . tcp . 80 : goto reject-chain'])}
${all
  .map(({ address, chain }, number) =>
    serviceChains(
      address,
      chain,
      endpoints.map((endpoint) => [chainOf(number, endpoint), endpoint]),
    ),
  )
  .join('\n')}
${CHAINS}
}
`;
}

/** The cluster address of a Service by its number. */
export const addressOf = (number: number): string => `10.97.${number >> 8}.${number & 255}`;

const TUPLE = 'ipv4_addr . inet_proto . inet_service : verdict';

const set = (name: string, type: string, elements: readonly string[]): string =>
  `\t${name} {\n\t\ttype ${type}\n\t\telements = { ${elements.join(',\n\t\t\t     ')} }\n\t}`;

const chain = (name: string, ...lines: readonly string[]): string =>
  `\tchain ${name} {\n${lines.map((line) => `\t\t${line}`).join('\n')}\n\t}`;

const serviceChains = (address: string, name: string, endpoints: readonly (readonly [chain: string, endpoint: string])[]): string =>
  [
    chain(
      name,
      `ip daddr ${address} tcp dport 80 ip saddr != 10.244.0.0/16 jump mark-for-masquerade`,
      `numgen random mod ${endpoints.length} vmap { ${endpoints.map(([to], at) => `${at} : goto ${to}`).join(', ')} }`,
    ),
    ...endpoints.map(([to, endpoint]) =>
      chain(to, `ip saddr ${endpoint} jump mark-for-masquerade`, `meta l4proto tcp dnat to ${endpoint}:8080`),
    ),
  ].join('\n');

const CHAINS = [
  chain('reject-chain', 'reject'),
  chain('mark-for-masquerade', 'meta mark set meta mark | 0x00004000'),
  chain('masquerading', 'meta mark & 0x00004000 == 0x00000000 return', 'meta mark set meta mark ^ 0x00004000', 'masquerade fully-random'),
  chain('services', 'ip daddr . meta l4proto . th dport vmap @service-ips'),
  chain('service-endpoints-check', 'ip daddr . meta l4proto . th dport vmap @no-endpoint-services'),
  chain('cluster-ips-check', 'ip daddr @cluster-ips reject comment "Reject traffic to invalid ports of ClusterIPs"'),
  chain('nat-prerouting', 'type nat hook prerouting priority dstnat; policy accept;', 'jump services'),
  chain('nat-output', 'type nat hook output priority -100; policy accept;', 'jump services'),
  chain('nat-postrouting', 'type nat hook postrouting priority srcnat; policy accept;', 'jump masquerading'),
  chain(
    'filter-prerouting',
    'type filter hook prerouting priority dstnat - 10; policy accept;',
    'ct state new jump service-endpoints-check',
  ),
  chain(
    'filter-forward',
    'type filter hook forward priority dstnat - 10; policy accept;',
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ),
  chain(
    'filter-output',
    'type filter hook output priority dstnat - 10; policy accept;',
    'ct state new jump service-endpoints-check',
    'ct state new jump cluster-ips-check',
  ),
].join('\n');
