import { type Cluster, type LabNode, onApi, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';
const home = ({ nodes }: Cluster): LabNode => nodes[2] as LabNode;

/** An address of the third node's subnet that no pod has. */
const former = (cluster: Cluster): string => home(cluster).gateway.replace(/\d+$/, (last) => String(Number(last) + 40));

const slice = (operations: readonly object[]): string =>
  `kubectl -n default patch endpointslice web-lab01 --type json -p '${JSON.stringify(operations)}'`;

/** An endpoint as the controller wrote it while the pod was there. */
const endpoint = (cluster: Cluster, address: string, pod: string, ready = true): object => ({
  addresses: [address],
  conditions: { ready, serving: ready, terminating: false },
  nodeName: home(cluster).name,
  targetRef: { kind: 'Pod', namespace: 'default', name: pod },
});

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');
/** Any change of a pod wakes the controller, which writes the slice anew. */
const followed = (cluster: Cluster) => [
  onApi(
    `kubectl -n default patch pod ${cluster.nodes[0]?.pods[0].name.split('/')[1]} -p '{"status":{"conditions":[{"type":"Ready","status":"True"}]}}'`,
  ),
  FOLLOWED,
];

const calls = (cluster: Cluster) =>
  ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 40 }) as const;

/** A Service of somebody's own, whose endpoints are kept by hand: a machine outside of the cluster. */
const database = ({ etcd }: Cluster): string =>
  JSON.stringify({
    kind: 'List',
    apiVersion: 'v1',
    items: [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'database', namespace: 'default' },
        spec: {
          type: 'ClusterIP',
          clusterIP: '10.96.44.10',
          clusterIPs: ['10.96.44.10'],
          ports: [{ name: 'sql', protocol: 'TCP', port: 5432, targetPort: 6443 }],
        },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { name: 'database-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'database' } },
        addressType: 'IPv4',
        ports: [{ name: 'sql', protocol: 'TCP', port: 6443 }],
        endpoints: [{ addresses: [new URL(etcd.endpoint).hostname], conditions: { ready: true } }],
      },
    ],
  });

export default scenario({
  fault: 'endpoint-slice-stale',
  title: { en: 'an EndpointSlice lists a pod that is gone', zh: 'EndpointSlice 中残留已不存在的 Pod' },
  play: (cluster) => ({
    // a pod went while no controller ran: its entry stays, and every kube-proxy follows the slice
    break: [onApi(slice([{ op: 'add', path: '/endpoints/-', value: endpoint(cluster, former(cluster), 'web-gone') }])), FOLLOWED],
    heal: followed(cluster),
    probes: [{ ...calls(cluster), broken: 'fails' }],
    expect: { subject: 'service/default/web' },
    symptom: 'about every fourth connection to default/web hangs, from everywhere',
  }),
  variants: [
    {
      name: 'a pod came back under its name with another address',
      play: (cluster) => ({
        break: [
          onApi(
            slice([
              {
                op: 'replace',
                path: '/endpoints/2',
                value: endpoint(cluster, former(cluster), home(cluster).pods[0].name.split('/')[1] ?? ''),
              },
            ]),
          ),
          FOLLOWED,
        ],
        heal: followed(cluster),
        probes: [{ ...calls(cluster), broken: 'fails' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'the entry of a pod that is gone is there, and is not ready',
      play: (cluster) => ({
        make: [onApi(slice([{ op: 'add', path: '/endpoints/-', value: endpoint(cluster, former(cluster), 'web-gone', false) }])), FOLLOWED],
        unmake: followed(cluster),
        probes: [calls(cluster)],
      }),
    },
    {
      name: 'a Service without a selector leads to a machine that is no pod',
      play: (cluster) => ({
        make: [onApi(`echo '${database(cluster)}' | kubectl apply -f -`), FOLLOWED],
        unmake: [
          onApi('kubectl -n default delete endpointslice database-1'),
          onApi('kubectl -n default delete service database'),
          FOLLOWED,
        ],
        probes: [{ from: { pod: cluster.peer.pods[0].name }, to: '10.96.44.10', protocol: 'tcp', port: 5432 }],
      }),
    },
  ],
  needs: { api: true },
});
