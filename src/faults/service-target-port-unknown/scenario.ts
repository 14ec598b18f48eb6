import { type Cluster, onApi, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

const target = (port: string): string =>
  `kubectl -n default patch service web --type json -p '[{"op":"replace","path":"/spec/ports/0/targetPort","value":${port}}]'`;

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const calls = (cluster: Cluster) => ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'service-target-port-unknown',
  title: { en: 'the target port of a Service is on none of its pods', zh: 'Service 的 targetPort 在 Pod 上不存在' },
  play: (cluster) => ({
    break: [onApi(target('"web"')), FOLLOWED],
    heal: [onApi(target('8080')), FOLLOWED],
    probes: [{ ...calls(cluster), broken: 'unreachable' }],
    expect: { subject: 'service/default/web' },
    symptom: 'connection refused to default/web, its pods are Ready and answer by their own addresses',
  }),
  twins: [
    {
      name: 'a name that the containers have',
      play: (cluster) => ({
        make: [onApi(target('"http"')), FOLLOWED],
        unmake: [onApi(target('8080')), FOLLOWED],
        probes: [{ ...calls(cluster), times: 6 }],
      }),
    },
    {
      name: 'a number that no container lists',
      play: (cluster) => ({
        make: [
          onApi(
            `echo '{"apiVersion":"v1","kind":"Service","metadata":{"name":"metrics","namespace":"default"},"spec":{"type":"ClusterIP","clusterIP":"10.96.44.10","clusterIPs":["10.96.44.10"],"selector":{"app":"web"},"ports":[{"name":"metrics","protocol":"TCP","port":9100,"targetPort":9100}]}}' | kubectl apply -f -`,
          ),
          FOLLOWED,
        ],
        unmake: [onApi('kubectl -n default delete service metrics'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
  ],
  needs: { api: true },
});
