import { type Cluster, type LabNode, type Line, onApi, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

/** Every node has a pod with the label of default/web. */
const ready = (nodes: readonly LabNode[], is: 'True' | 'False'): readonly Line[] =>
  nodes.map(({ pods: [pod] }) =>
    onApi(`kubectl -n default patch pod ${pod.name.split('/')[1]} -p '{"status":{"conditions":[{"type":"Ready","status":"${is}"}]}}'`),
  );

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const calls = (cluster: Cluster) => ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-endpoints-unready',
  title: { en: 'no pod behind a Service is ready', zh: 'Service 后面没有就绪的 Pod' },
  play: (cluster) => ({
    break: [...ready(cluster.nodes, 'False'), FOLLOWED],
    heal: [...ready(cluster.nodes, 'True'), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'unreachable' }],
    expect: { subject: 'service/default/web', unproved: 'only whoever knows the program can make its pods ready' },
    symptom: 'connection refused to default/web, its pods are Running 0/1',
  }),
  twins: [
    {
      name: 'all but one are not ready',
      play: (cluster) => ({
        make: [...ready(cluster.nodes.slice(1), 'False'), FOLLOWED],
        unmake: [...ready(cluster.nodes, 'True'), FOLLOWED],
        probes: [{ ...calls(cluster), times: 6 }],
      }),
    },
    {
      name: 'none is ready, and the Service publishes them all the same',
      play: (cluster) => ({
        make: [
          onApi(`kubectl -n default patch service web -p '{"spec":{"publishNotReadyAddresses":true}}'`),
          ...ready(cluster.nodes, 'False'),
          FOLLOWED,
        ],
        unmake: [
          onApi(`kubectl -n default patch service web -p '{"spec":{"publishNotReadyAddresses":null}}'`),
          ...ready(cluster.nodes, 'True'),
          FOLLOWED,
        ],
        probes: [{ ...calls(cluster), times: 6 }],
      }),
    },
  ],
  needs: { api: true },
});
