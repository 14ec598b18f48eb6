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
  ],
  twins: [
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
