import { between, type Cluster, type LabNode, type Line, onNode, scenario } from '#lab/vocabulary';

const DEVICE = 'kube-ipvs0';

/** As IPVS mode leaves it; a bridge without ports stands in for the dummy device, which not every kernel has: its addresses make the same local routes. */
const left = (node: LabNode, addresses: readonly string[]): readonly Line[] => [
  onNode(node, `ip link add ${DEVICE} type bridge`),
  ...addresses.map((address) => onNode(node, `ip addr add ${address}/32 dev ${DEVICE}`)),
];

const gone = (node: LabNode): readonly Line[] => [onNode(node, `ip link del ${DEVICE}`)];

const clusterIps = ({ services }: Cluster): readonly string[] => [...new Set(services.map(({ clusterIp }) => clusterIp))];

const others = ({ nodes, victim }: Cluster): readonly string[] =>
  nodes.filter(({ name }) => name !== victim.name).map(({ address }) => address);

const CHAINS = ['KUBE-LOAD-BALANCER', 'KUBE-NODE-PORT', 'KUBE-MARK-DROP'];

/** Everybody asks the Services that the victim's rules serve. */
const calls = (cluster: Cluster) =>
  cluster.services
    .filter(({ name }) => name === 'default/web:http')
    .flatMap(({ clusterIp }) => [
      { from: { pod: cluster.victim.pods[0].name }, to: clusterIp, protocol: 'tcp', port: 80, times: 10 } as const,
      { from: { node: cluster.victim.name }, to: clusterIp, protocol: 'tcp', port: 80, times: 10 } as const,
    ]);

const WEB = 'default/web:http';
const TABLE = 'ip kube-proxy';

const webOf = ({ services }: Cluster) => services.find(({ name }) => name === WEB) ?? { clusterIp: '', endpoints: [] };

/** An address of the third node's subnet that no pod has: where an endpoint was when nftables mode ran. */
const former = ({ nodes }: Cluster): string => (nodes[2] as LabNode).gateway.replace(/\d+$/, (last) => String(Number(last) + 40));

/** The table of nftables mode as kube-proxy v1.34 writes it, as far as it decides where packets for one Service go. */
function table(cluster: Cluster, endpoints: readonly string[]): readonly Line[] {
  const endpointChain = (endpoint: string): string => `endpoint-GCUP5IWW-default/web/tcp/http__${endpoint}/8080`;
  const choices = endpoints.map((endpoint, at) => `${at} : goto ${endpointChain(endpoint)}`).join(', ');
  const service = 'service-ULMVA6XW-default/web/tcp/http';
  return [
    `add table ${TABLE}`,
    `add chain ${TABLE} mark-for-masquerade`,
    `add rule ${TABLE} mark-for-masquerade meta mark set meta mark or 0x4000`,
    ...endpoints.flatMap((endpoint) => [
      `add chain ${TABLE} ${endpointChain(endpoint)}`,
      `add rule ${TABLE} ${endpointChain(endpoint)} ip saddr ${endpoint} jump mark-for-masquerade`,
      `add rule ${TABLE} ${endpointChain(endpoint)} meta l4proto tcp dnat to ${endpoint}:8080`,
    ]),
    `add chain ${TABLE} ${service}`,
    ...(endpoints.length === 0 ? [] : [`add rule ${TABLE} ${service} numgen random mod ${endpoints.length} vmap { ${choices} }`]),
    `add map ${TABLE} service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }`,
    ...(endpoints.length === 0 ? [] : [`add element ${TABLE} service-ips { ${webOf(cluster).clusterIp} . tcp . 80 : goto ${service} }`]),
    `add chain ${TABLE} services`,
    `add rule ${TABLE} services ip daddr . meta l4proto . th dport vmap @service-ips`,
    ...['prerouting', 'output'].flatMap((hook) => [
      `add chain ${TABLE} nat-${hook} { type nat hook ${hook} priority -100; policy accept; }`,
      `add rule ${TABLE} nat-${hook} jump services`,
    ]),
  ].map((words) => onNode(cluster.victim, `nft '${words}'`));
}

const untabled = ({ victim }: Cluster): readonly Line[] => [onNode(victim, `nft delete table ${TABLE}`)];

export default scenario({
  fault: 'kube-proxy-mode-leftovers',
  title: { en: 'addresses left by the IPVS mode of kube-proxy', zh: 'kube-proxy IPVS 模式残留的地址' },
  play: (cluster) => ({
    break: left(cluster.victim, [...clusterIps(cluster), cluster.peer.address]),
    heal: gone(cluster.victim),
    probes: [between(cluster.peer, cluster.victim, 'silence'), between(cluster.victim, cluster.peer, 'fails')],
    expect: { subject: `node/${cluster.victim.name}` },
    symptom: `since kube-proxy was switched back to iptables ${cluster.victim.name} and ${cluster.peer.name} do not reach each other`,
  }),
  variants: [
    {
      name: 'a Service once had all nodes for external addresses',
      play: (cluster) => ({
        break: left(cluster.victim, others(cluster)),
        heal: gone(cluster.victim),
        probes: [between(cluster.peer, cluster.victim, 'silence')],
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
    {
      name: 'the table of nftables mode still leads to a pod that is gone',
      play: (cluster) => ({
        break: table(cluster, [former(cluster)]),
        heal: untabled(cluster),
        probes: calls(cluster).map(({ times: _, ...call }) => ({ ...call, broken: 'fails' })),
        expect: { subject: `node/${cluster.victim.name}` },
        symptom: `since kube-proxy was switched back to iptables default/web times out from ${cluster.victim.name}`,
      }),
    },
  ],
  twins: [
    {
      name: 'the table of nftables mode leads where the chains of iptables mode lead',
      play: (cluster) => ({ make: table(cluster, webOf(cluster).endpoints), unmake: untabled(cluster), probes: calls(cluster) }),
    },
    {
      name: 'the table of nftables mode is there, and leads nowhere',
      play: (cluster) => ({ make: table(cluster, []), unmake: untabled(cluster), probes: calls(cluster) }),
    },
    {
      name: 'it holds the addresses of Services, which the rules rewrite first',
      play: (cluster) => ({ make: left(cluster.victim, clusterIps(cluster)), unmake: gone(cluster.victim), probes: calls(cluster) }),
    },
    {
      name: 'it is empty, and chains of the other mode are left that nothing jumps to',
      play: (cluster) => ({
        make: [...left(cluster.victim, []), ...CHAINS.map((chain) => onNode(cluster.victim, `iptables -t nat -N ${chain}`))],
        unmake: [...gone(cluster.victim), ...CHAINS.map((chain) => onNode(cluster.victim, `iptables -t nat -X ${chain}`))],
        probes: calls(cluster),
      }),
    },
  ],
});
