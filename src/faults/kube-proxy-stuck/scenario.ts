import { type Cluster, type LabNode, onApi, onNode, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

/** An address of the third node's subnet that no pod has: where a pod of default/web was that is gone. */
const former = ({ nodes }: Cluster): string => (nodes[2] as LabNode).gateway.replace(/\d+$/, (last) => String(Number(last) + 40));

/** One more pod behind default/web, which is nowhere by now. */
const ADD = (cluster: Cluster): string =>
  `echo '${JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-gone', namespace: 'default', labels: { app: 'web' } },
    spec: {
      nodeName: (cluster.nodes[2] as LabNode).name,
      containers: [{ name: 'web', ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }] }],
    },
    status: {
      phase: 'Running',
      podIP: former(cluster),
      podIPs: [{ ip: former(cluster) }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })}' | kubectl apply -f -`;
const REMOVE = 'kubectl -n default delete pod web-gone --ignore-not-found';

/** Longer than every kube-proxy of the lab takes to look. */
const FOLLOWED = 'sleep 0.8';

const calls = (cluster: Cluster) =>
  ({ from: { pod: cluster.victim.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 40, broken: 'fails' }) as const;

const mended = ({ victim }: Cluster) => [onNode(victim, 'systemctl restart kube-proxy')];

export default scenario({
  fault: 'kube-proxy-stuck',
  title: { en: 'kube-proxy of one node no longer follows the API', zh: '某节点的 kube-proxy 不再跟随 API 更新' },
  play: (cluster) => ({
    // the pod was there and is gone; its slice forgets it, and one node does not hear of it
    break: [
      onApi(ADD(cluster)),
      onApi(FOLLOWED),
      onNode(cluster.victim, 'kill -STOP $(systemctl show -p MainPID --value kube-proxy)'),
      onApi(REMOVE),
      onApi(FOLLOWED),
    ],
    heal: mended(cluster),
    probes: [calls(cluster)],
    expect: { subject: `node/${cluster.victim.name}` },
    symptom: `default/web times out now and then, only from ${cluster.victim.name}`,
  }),
  variants: [
    {
      name: 'kube-proxy does not run at all',
      play: (cluster) => ({
        break: [onApi(ADD(cluster)), onApi(FOLLOWED), onNode(cluster.victim, 'systemctl stop kube-proxy'), onApi(REMOVE), onApi(FOLLOWED)],
        heal: mended(cluster),
        probes: [calls(cluster)],
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'an endpoint went and every node has followed',
      play: (cluster) => ({
        make: [onApi(ADD(cluster)), onApi(FOLLOWED), onApi(REMOVE), onApi(FOLLOWED)],
        unmake: [],
        probes: [{ from: { pod: cluster.victim.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 20 }],
      }),
    },
    {
      name: 'kube-proxy stands still, and nothing has changed since',
      play: ({ victim }) => ({
        make: [onNode(victim, 'kill -STOP $(systemctl show -p MainPID --value kube-proxy)')],
        unmake: [onNode(victim, 'systemctl restart kube-proxy')],
      }),
    },
  ],
  needs: { api: true },
});
