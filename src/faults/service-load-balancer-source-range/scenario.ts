import { addressMoved, calledOff, calling, type Cluster, type LabNode, type Line, onApi, scenario } from '#lab/vocabulary';

const NODE_PORT = 30080;
/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const at = ({ nodes }: Cluster, place: number): LabNode => nodes[place] as LabNode;
const caller = (cluster: Cluster) => at(cluster, 1).pods[0];

/** An address of the underlay that no machine has of its own; the first node announces it. */
const vip = (cluster: Cluster): string => at(cluster, 0).address.replace(/\d+$/, (last) => String(Number(last) + 30));

const ranged = (ranges: readonly string[]): Line =>
  onApi(`kubectl -n default patch service web -p '${JSON.stringify({ spec: { loadBalancerSourceRanges: ranges } })}'`);

const first = (cluster: Cluster): readonly Line[] => [
  onApi(
    `kubectl -n default patch service web -p '${JSON.stringify({
      metadata: { annotations: { 'kube-vip.io/vipHost': at(cluster, 0).name } },
      spec: {
        type: 'LoadBalancer',
        loadBalancerSourceRanges: [cluster.network, '198.51.100.0/24'],
        ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: NODE_PORT }],
      },
      status: { loadBalancer: { ingress: [{ ip: vip(cluster), ipMode: 'VIP' }] } },
    })}'`,
  ),
  ...addressMoved(cluster, vip(cluster), at(cluster, 0)),
  FOLLOWED,
];

const calls = (cluster: Cluster) => ({ from: { pod: caller(cluster).name }, to: vip(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-load-balancer-source-range',
  title: { en: 'source ranges of a load balancer keep a client out', zh: 'loadBalancerSourceRanges 把客户端挡在外面' },
  play: (cluster) => ({
    first: first(cluster),
    // the list was made shorter: who has written it thought of clients outside alone
    break: [ranged(['198.51.100.0/24']), FOLLOWED, ...calling(caller(cluster), vip(cluster), 80), onApi('sleep 2')],
    heal: [calledOff(caller(cluster)), ranged([cluster.network, '198.51.100.0/24']), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'silence' }],
    expect: { subject: 'service/default/web' },
    symptom: `pods time out at ${vip(cluster)}, the laptop of its owner gets through`,
  }),
  twins: [
    {
      name: 'the ranges keep pods out, and none of them calls',
      play: (cluster) => ({
        make: [ranged(['198.51.100.0/24']), FOLLOWED],
        unmake: [ranged([cluster.network, '198.51.100.0/24']), FOLLOWED],
        probes: [{ from: { pod: caller(cluster).name }, to: at(cluster, 0).address, protocol: 'tcp', port: NODE_PORT }],
      }),
    },
    {
      name: 'a pod calls the node port, which no range guards',
      play: (cluster) => ({
        make: [ranged(['198.51.100.0/24']), FOLLOWED, ...calling(caller(cluster), at(cluster, 0).address, NODE_PORT)],
        unmake: [calledOff(caller(cluster)), ranged([cluster.network, '198.51.100.0/24']), FOLLOWED],
        probes: [{ from: { pod: caller(cluster).name }, to: at(cluster, 0).address, protocol: 'tcp', port: NODE_PORT }],
      }),
    },
  ],
  needs: { api: true, balancer: true },
});
