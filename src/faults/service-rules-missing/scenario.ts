import { type Cluster, inIptablesMode, inNftablesMode, onNode, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

const calls = (cluster: Cluster) =>
  [
    { from: { pod: cluster.victim.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, broken: 'fails' },
    { from: { node: cluster.victim.name }, to: web(cluster), protocol: 'tcp', port: 80, broken: 'fails' },
  ] as const;

const restarted = ({ victim }: Cluster) => [onNode(victim, 'systemctl restart kube-proxy')];

export default scenario({
  fault: 'service-rules-missing',
  title: { en: "a node lost kube-proxy's rules", zh: '节点上 kube-proxy 的规则丢失' },
  play: (cluster) => ({
    break: [onNode(cluster.victim, 'iptables -t nat -F KUBE-SERVICES')],
    heal: restarted(cluster),
    probes: calls(cluster),
    expect: { subject: `node/${cluster.victim.name}` },
    symptom: `no Service answers from ${cluster.victim.name}, pods answer by their own addresses`,
  }),
  variants: [
    {
      name: 'the jumps to the rules are gone',
      play: (cluster) => ({
        break: ['PREROUTING', 'OUTPUT'].map((chain) =>
          onNode(cluster.victim, `iptables -t nat -D ${chain} -m comment --comment "kubernetes service portals" -j KUBE-SERVICES`),
        ),
        heal: restarted(cluster),
        probes: calls(cluster),
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
    {
      name: 'the table of nftables mode is deleted',
      play: (cluster) => ({
        break: [...inNftablesMode(cluster.nodes), onNode(cluster.victim, 'nft delete table ip kube-proxy')],
        heal: inIptablesMode(cluster.nodes),
        probes: calls(cluster),
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
    {
      name: 'nothing leads into the table of nftables mode',
      play: (cluster) => ({
        break: [
          ...inNftablesMode(cluster.nodes),
          ...['prerouting', 'output'].map((hook) => onNode(cluster.victim, `nft flush chain ip kube-proxy nat-${hook}`)),
        ],
        heal: inIptablesMode(cluster.nodes),
        probes: calls(cluster),
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'the rules were flushed and kube-proxy has written them again',
      play: (cluster) => ({
        make: [onNode(cluster.victim, 'iptables -t nat -F KUBE-SERVICES'), ...restarted(cluster)],
        unmake: restarted(cluster),
        probes: calls(cluster).map(({ broken: _, ...probe }) => probe),
      }),
    },
    {
      name: 'a chain of kube-proxy that no Service needs is gone',
      play: ({ victim }) => ({
        make: [onNode(victim, 'iptables -t nat -F KUBE-PROXY-CANARY'), onNode(victim, 'iptables -t nat -X KUBE-PROXY-CANARY')],
        unmake: [onNode(victim, 'systemctl restart kube-proxy')],
      }),
    },
    {
      name: 'the table of nftables mode was deleted and kube-proxy has written it again',
      play: (cluster) => ({
        make: [...inNftablesMode(cluster.nodes), onNode(cluster.victim, 'nft delete table ip kube-proxy'), ...restarted(cluster)],
        unmake: inIptablesMode(cluster.nodes),
        probes: calls(cluster).map(({ broken: _, ...probe }) => probe),
      }),
    },
  ],
  needs: { api: true },
});
