import { addressMoved, type Cluster, type LabNode, type Line, onApi, scenario } from '#lab/vocabulary';

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

const announced = (cluster: Cluster, by: LabNode, policy: 'Cluster' | 'Local'): readonly Line[] => [
  ...addressMoved(cluster, vip(cluster), by),
  published(cluster, by, policy),
  FOLLOWED,
];

const calls = (cluster: Cluster) => ({ from: 'etcd', to: vip(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-external-local',
  title: { en: 'clients outside come in at a node without an endpoint', zh: '外部客户端进入没有 endpoint 的节点' },
  play: (cluster) => ({
    first: announced(cluster, home(cluster), 'Local'),
    // the leader that announces all addresses moves to a node that has no pod of this Service
    break: announced(cluster, bare(cluster), 'Local'),
    heal: announced(cluster, home(cluster), 'Local'),
    probes: [{ ...calls(cluster), broken: 'silence' }],
    expect: { subject: 'service/default/web' },
    symptom: `${vip(cluster)} times out from outside, from every pod it answers`,
  }),
  variants: [
    {
      name: 'its pods left the node that announces the address',
      play: (cluster) => ({
        first: announced(cluster, bare(cluster), 'Cluster'),
        // a twin that was played before has moved it
        break: [...announced(cluster, bare(cluster), 'Cluster'), published(cluster, bare(cluster), 'Local'), FOLLOWED],
        heal: announced(cluster, home(cluster), 'Local'),
        probes: [{ ...calls(cluster), broken: 'silence' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'policy Local, and the address is announced where an endpoint is',
      play: (cluster) => ({
        make: announced(cluster, at(cluster, 1), 'Local'),
        unmake: announced(cluster, home(cluster), 'Local'),
        probes: [calls(cluster)],
      }),
    },
    {
      name: 'no endpoint where the address is announced, and policy Cluster',
      play: (cluster) => ({
        make: announced(cluster, bare(cluster), 'Cluster'),
        unmake: announced(cluster, home(cluster), 'Local'),
        probes: [calls(cluster)],
      }),
    },
  ],
  needs: { api: true, balancer: true, minNodes: 4 },
});
