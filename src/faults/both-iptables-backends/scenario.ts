import { type Cluster, type LabNode, onNode, scenario } from '#lab/vocabulary';

/** The machinery that the nodes do not use. */
const other = ({ iptables }: Cluster): string => (iptables === 'legacy' ? 'iptables-nft' : 'iptables-legacy');

/** An address of the third node's subnet that no pod has: where an endpoint was when the other machinery was in use. */
const former = ({ nodes }: Cluster): string => (nodes[2] as LabNode).gateway.replace(/\d+$/, (last) => String(Number(last) + 40));

const [SERVICE, ENDPOINT] = ['KUBE-SVC-LOLE4ISW44XBNF3G', 'KUBE-SEP-OP4AXEAS4OXHBEQX'];
const PORTALS = '-m comment --comment "kubernetes service portals" -j KUBE-SERVICES';

type Wanted = {
  readonly service: string;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly endpoints: readonly string[];
  readonly targetPort: number;
};

/** What a kube-proxy of v1.34 once wrote for one Service, as far as it decides where packets go. */
function left(cluster: Cluster, { service, protocol, port, endpoints, targetPort }: Wanted, jumps = true) {
  const address = cluster.services.find(({ name }) => name === service)?.clusterIp ?? '';
  const chains = ['KUBE-SERVICES', SERVICE, ...endpoints.map((_, at) => `${ENDPOINT}${at}`)];
  const rules = [
    `KUBE-SERVICES -d ${address}/32 -p ${protocol} -m comment --comment "${service} cluster IP" -m ${protocol} --dport ${port} -j ${SERVICE}`,
    ...endpoints.flatMap((endpoint, at) => [
      `${SERVICE} -m comment --comment "${service} -> ${endpoint}:${targetPort}"${chance(endpoints.length - at)} -j ${ENDPOINT}${at}`,
      `${ENDPOINT}${at} -p ${protocol} -m comment --comment "${service}" -m ${protocol} -j DNAT --to-destination ${endpoint}:${targetPort}`,
    ]),
    ...(jumps ? ['PREROUTING', 'OUTPUT'].map((chain) => `${chain} ${PORTALS}`) : []),
  ];
  return [...chains.map((chain) => `-N ${chain}`), ...rules.map((rule) => `-A ${rule}`)].map((words) =>
    onNode(cluster.victim, `${other(cluster)} -t nat ${words}`),
  );
}

const chance = (of: number): string => (of === 1 ? '' : ` -m statistic --mode random --probability ${(1 / of).toFixed(8)}`);

/** An emptied table of iptables-nft stays until it is deleted; that of iptables-legacy nothing takes away. */
const cleared = (cluster: Cluster) => [
  onNode(cluster.victim, `${other(cluster)} -t nat -F`),
  onNode(cluster.victim, `${other(cluster)} -t nat -X`),
  ...(other(cluster) === 'iptables-nft' ? [onNode(cluster.victim, 'nft delete table ip nat')] : []),
];

const addressOf = ({ services }: Cluster, wanted: string): string => services.find(({ name }) => name === wanted)?.clusterIp ?? '';
const endpointsOf = ({ services }: Cluster, wanted: string): readonly string[] =>
  services.find(({ name }) => name === wanted)?.endpoints ?? [];

const WEB = { service: 'default/web:http', protocol: 'tcp', port: 80, targetPort: 8080 } as const;
const API = { service: 'default/kubernetes:https', protocol: 'tcp', port: 443, targetPort: 6443 } as const;

const callsWeb = (cluster: Cluster) =>
  ({ from: { pod: cluster.victim.pods[0].name }, to: addressOf(cluster, WEB.service), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'both-iptables-backends',
  title: { en: 'the other iptables machinery still leads to Services', zh: '另一套 iptables 中残留的规则仍在转发 Service' },
  play: (cluster) => ({
    break: left(cluster, { ...WEB, endpoints: [former(cluster)] }),
    heal: cleared(cluster),
    probes: [{ ...callsWeb(cluster), broken: 'fails' }],
    expect: { subject: `node/${cluster.victim.name}` },
    symptom: `since the system of ${cluster.victim.name} was upgraded default/web times out from it, though \`iptables-save\` shows the right rules`,
  }),
  variants: [
    {
      name: 'the Service of the API server leads to a master that is gone',
      play: (cluster) => ({
        break: left(cluster, { ...API, endpoints: [former(cluster)] }),
        heal: cleared(cluster),
        probes: [{ from: { node: cluster.victim.name }, to: addressOf(cluster, API.service), protocol: 'tcp', port: 443, broken: 'fails' }],
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'both lead to the same endpoints',
      play: (cluster) => ({
        make: left(cluster, { ...API, endpoints: endpointsOf(cluster, API.service) }),
        unmake: cleared(cluster),
        probes: [{ from: { node: cluster.victim.name }, to: addressOf(cluster, API.service), protocol: 'tcp', port: 443, times: 10 }],
      }),
    },
    {
      name: 'nothing jumps into the old chains',
      play: (cluster) => ({
        make: left(cluster, { ...WEB, endpoints: [former(cluster)] }, false),
        unmake: cleared(cluster),
        probes: [{ ...callsWeb(cluster), times: 10 }],
      }),
    },
    {
      name: 'the other machinery holds only the canary that kubelet leaves',
      play: (cluster) => ({
        make: [onNode(cluster.victim, `${other(cluster)} -t nat -N KUBE-KUBELET-CANARY`)],
        unmake: cleared(cluster),
        probes: [{ ...callsWeb(cluster), times: 10 }],
      }),
    },
  ],
  needs: { api: true },
});
