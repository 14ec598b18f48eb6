import { type Cluster, type LabNode, type Line, onApi, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

const slice = (operations: readonly object[]): Line =>
  onApi(`kubectl -n default patch endpointslice web-lab01 --type json -p '${JSON.stringify(operations)}'`);

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const podOf = (cluster: Cluster, at: number): string => (cluster.nodes[at] as LabNode).pods[0].name.split('/')[1] ?? '';

/** A change of a pod wakes the controller, which writes every slice anew. */
const ready = (cluster: Cluster, at: number, is: 'True' | 'False'): Line =>
  onApi(`kubectl -n default patch pod ${podOf(cluster, at)} -p '{"status":{"conditions":[{"type":"Ready","status":"${is}"}]}}'`);

const calls = (cluster: Cluster) =>
  ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 10 }) as const;

/** How peers find each other before they are ready: without an address of its own, and with all pods in its slice. */
const PEERS = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web-peers', namespace: 'default' },
  spec: {
    type: 'ClusterIP',
    clusterIP: 'None',
    clusterIPs: ['None'],
    publishNotReadyAddresses: true,
    selector: { app: 'web' },
    ports: [{ name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 }],
  },
});

export default scenario({
  fault: 'endpoint-slice-missing',
  title: { en: 'a ready pod is in no EndpointSlice', zh: '就绪的 Pod 不在任何 EndpointSlice 中' },
  play: (cluster) => ({
    // all pods were made anew while no controller ran: what was there went, and nobody wrote who came
    break: [slice([{ op: 'replace', path: '/endpoints', value: [] }]), FOLLOWED],
    heal: [ready(cluster, 0, 'True'), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'unreachable' }],
    expect: { subject: 'service/default/web' },
    symptom: 'connection refused to default/web, its pods are Running 1/1',
  }),
  variants: [
    {
      name: 'one pod of several is not listed',
      play: (cluster) => ({
        break: [slice([{ op: 'remove', path: '/endpoints/1' }]), FOLLOWED],
        heal: [ready(cluster, 0, 'True'), FOLLOWED],
        probes: [{ ...calls(cluster), broken: 'answers' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'a pod that is not ready is in no slice',
      play: (cluster) => ({
        make: [ready(cluster, 1, 'False'), slice([{ op: 'remove', path: '/endpoints/1' }]), FOLLOWED],
        unmake: [ready(cluster, 1, 'True'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
    {
      name: 'a headless Service lists its pods, ready or not',
      play: (cluster) => ({
        make: [onApi(`echo '${PEERS}' | kubectl apply -f -`), ready(cluster, 1, 'False'), FOLLOWED],
        unmake: [onApi('kubectl -n default delete service web-peers'), ready(cluster, 1, 'True'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
    {
      name: 'a Service without a selector leads to one pod of several',
      play: (cluster) => ({
        make: [
          onApi(`kubectl -n default patch service web --type json -p '[{"op":"remove","path":"/spec/selector"}]'`),
          slice([{ op: 'remove', path: '/endpoints/1' }]),
          FOLLOWED,
        ],
        unmake: [onApi(`kubectl -n default patch service web -p '{"spec":{"selector":{"app":"web"}}}'`), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
  ],
  needs: { api: true },
});
