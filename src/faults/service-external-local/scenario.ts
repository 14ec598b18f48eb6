import { type Cluster, type LabNode, type Line, onApi, onEtcd, onNode, scenario } from '#lab/vocabulary';

const NODE_PORT = 30080;
/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const at = ({ nodes }: Cluster, place: number): LabNode => nodes[place] as LabNode;

/** The first three nodes hold a pod each behind default/web, the fourth none. */
const home = (cluster: Cluster): LabNode => at(cluster, 0);
const bare = (cluster: Cluster): LabNode => at(cluster, 3);

/** An address of the underlay that no machine has of its own. */
const vip = (cluster: Cluster): string => home(cluster).address.replace(/\d+$/, (last) => String(Number(last) + 30));

const published = (cluster: Cluster, node: LabNode, policy: 'Cluster' | 'Local'): Line =>
  onApi(
    `kubectl -n default patch service web -p '${JSON.stringify({
      metadata: { annotations: { 'kube-vip.io/vipHost': node.name } },
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: policy,
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: NODE_PORT }],
      },
      status: { loadBalancer: { ingress: [{ ip: vip(cluster), ipMode: 'VIP' }] } },
    })}'`,
  );

/** The address moves as kube-vip moves it: off one node, onto the other, and neighbours hear of it. */
const moved = (cluster: Cluster, from: LabNode, to: LabNode): readonly Line[] => [
  onNode(from, `ip addr del ${vip(cluster)}/32 dev ${from.uplink}`),
  onNode(to, `ip addr add ${vip(cluster)}/32 dev ${to.uplink}`),
  onEtcd('ip neigh flush all'),
];

const first = (cluster: Cluster): readonly Line[] => [
  published(cluster, home(cluster), 'Local'),
  onNode(home(cluster), `ip addr add ${vip(cluster)}/32 dev ${home(cluster).uplink}`),
  FOLLOWED,
];

const calls = (cluster: Cluster) => ({ from: 'etcd', to: vip(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-external-local',
  title: { en: 'clients outside come in at a node without an endpoint', zh: '外部客户端进入没有 endpoint 的节点' },
  play: (cluster) => ({
    first: first(cluster),
    // the leader that announces all addresses moves to a node that has no pod of this Service
    break: [...moved(cluster, home(cluster), bare(cluster)), published(cluster, bare(cluster), 'Local'), FOLLOWED],
    heal: [...moved(cluster, bare(cluster), home(cluster)), published(cluster, home(cluster), 'Local'), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'silence' }],
    expect: { subject: 'service/default/web' },
    symptom: `${vip(cluster)} times out from outside, from every pod it answers`,
  }),
  variants: [
    {
      name: 'its pods left the node that announces the address',
      play: (cluster) => ({
        first: [
          published(cluster, bare(cluster), 'Cluster'),
          onNode(bare(cluster), `ip addr add ${vip(cluster)}/32 dev ${bare(cluster).uplink}`),
          FOLLOWED,
        ],
        break: [published(cluster, bare(cluster), 'Local'), FOLLOWED],
        heal: [...moved(cluster, bare(cluster), home(cluster)), published(cluster, home(cluster), 'Local'), FOLLOWED],
        probes: [{ ...calls(cluster), broken: 'silence' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'policy Local, and the address is announced where an endpoint is',
      play: (cluster) => ({
        make: [...moved(cluster, home(cluster), at(cluster, 1)), published(cluster, at(cluster, 1), 'Local'), FOLLOWED],
        unmake: [...moved(cluster, at(cluster, 1), home(cluster)), published(cluster, home(cluster), 'Local'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
    {
      name: 'no endpoint where the address is announced, and policy Cluster',
      play: (cluster) => ({
        make: [...moved(cluster, home(cluster), bare(cluster)), published(cluster, bare(cluster), 'Cluster'), FOLLOWED],
        unmake: [...moved(cluster, bare(cluster), home(cluster)), published(cluster, home(cluster), 'Local'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
  ],
  needs: { api: true, minNodes: 4 },
});
