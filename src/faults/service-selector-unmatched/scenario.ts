import { type Cluster, onApi, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

const select = (selector: string): string =>
  `kubectl -n default patch service web --type json -p '[{"op":"replace","path":"/spec/selector","value":${selector}}]'`;

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');
const RIGHT = '{"app":"web"}';

const calls = (cluster: Cluster) => ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-selector-unmatched',
  title: { en: 'the selector of a Service matches no pod', zh: 'Service 的 selector 没有匹配到 Pod' },
  play: (cluster) => ({
    break: [onApi(select('{"app":"webb"}')), FOLLOWED],
    heal: [onApi(select(RIGHT)), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'unreachable' }],
    expect: { subject: 'service/default/web' },
    symptom: 'connection refused to default/web from every pod, its pods run',
  }),
  variants: [
    {
      name: 'it asks for one label more than the pods have',
      play: (cluster) => ({
        break: [onApi(select('{"app":"web","tier":"front"}')), FOLLOWED],
        heal: [onApi(select(RIGHT)), FOLLOWED],
        probes: [{ ...calls(cluster), broken: 'unreachable' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'a Service whose workload is scaled to nothing',
      play: () => ({
        make: [
          onApi(
            `echo '{"apiVersion":"v1","kind":"Service","metadata":{"name":"batch","namespace":"default"},"spec":{"type":"ClusterIP","clusterIP":"10.96.44.9","clusterIPs":["10.96.44.9"],"selector":{"app":"nightly-import"},"ports":[{"name":"http","protocol":"TCP","port":80,"targetPort":8080}]}}' | kubectl apply -f -`,
          ),
          FOLLOWED,
        ],
        unmake: [onApi('kubectl -n default delete service batch'), FOLLOWED],
      }),
    },
    {
      name: 'a selector with fewer labels than the pods have',
      play: (cluster) => ({
        make: [
          onApi(
            `kubectl -n default patch pod ${cluster.nodes[0]?.pods[0].name.split('/')[1]} -p '{"metadata":{"labels":{"release":"blue"}}}'`,
          ),
          FOLLOWED,
        ],
        unmake: [
          onApi(
            `kubectl -n default patch pod ${cluster.nodes[0]?.pods[0].name.split('/')[1]} -p '{"metadata":{"labels":{"release":null}}}'`,
          ),
          FOLLOWED,
        ],
        probes: [{ ...calls(cluster), times: 10 }],
      }),
    },
  ],
  needs: { api: true },
});
