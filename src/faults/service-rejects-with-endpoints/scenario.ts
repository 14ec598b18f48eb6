import { type Cluster, type Line, onApi, onNode, scenario } from '#lab/vocabulary';

const web = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/web:http')?.clusterIp ?? '';

const ready = ({ nodes }: Cluster, is: 'True' | 'False'): readonly Line[] =>
  nodes
    .slice(0, 3)
    .map(({ pods: [pod] }) =>
      onApi(`kubectl -n default patch pod ${pod.name.split('/')[1]} -p '{"status":{"conditions":[{"type":"Ready","status":"${is}"}]}}'`),
    );

const changed = (resource: string, operations: readonly object[]): Line =>
  onApi(`kubectl -n default patch ${resource} --type json -p '${JSON.stringify(operations)}'`);

/** Longer than every kube-proxy of the lab takes to follow. */
const FOLLOWED = onApi('sleep 0.8');

const everywhere = ({ nodes }: Cluster, run: string): readonly Line[] => nodes.map((node) => onNode(node, run));

const calls = (cluster: Cluster) =>
  ({ from: { pod: cluster.peer.pods[0].name }, to: web(cluster), protocol: 'tcp', port: 80, times: 4 }) as const;

const stale = (cluster: Cluster, verb: '-A' | '-D'): readonly Line[] =>
  everywhere(
    cluster,
    `iptables ${verb} KUBE-SERVICES -d ${web(cluster)}/32 -p tcp -m comment --comment "default/web:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable`,
  );

export default scenario({
  fault: 'service-rejects-with-endpoints',
  title: { en: 'a Service is refused although it has endpoints', zh: 'Service 有 endpoint 却仍被拒绝' },
  play: (cluster) => ({
    // all pods were unready for a while; when they came back no kube-proxy heard of it
    break: [
      ...ready(cluster, 'False'),
      FOLLOWED,
      ...everywhere(cluster, 'kill -STOP $(systemctl show -p MainPID --value kube-proxy)'),
      ...ready(cluster, 'True'),
      FOLLOWED,
    ],
    heal: everywhere(cluster, 'systemctl restart kube-proxy'),
    probes: [{ ...calls(cluster), broken: 'unreachable' }],
    expect: { subject: 'service/default/web' },
    symptom: 'connection refused to default/web, kubectl get endpoints shows three',
  }),
  variants: [
    {
      name: 'the port has one name in the Service and another in a slice that is kept by hand',
      play: (cluster) => ({
        break: [
          changed('service web', [
            { op: 'remove', path: '/spec/selector' },
            { op: 'replace', path: '/spec/ports/0/name', value: 'web' },
          ]),
          FOLLOWED,
        ],
        heal: [
          changed('service web', [
            { op: 'add', path: '/spec/selector', value: { app: 'web' } },
            { op: 'replace', path: '/spec/ports/0/name', value: 'http' },
          ]),
          FOLLOWED,
        ],
        probes: [{ ...calls(cluster), broken: 'unreachable' }],
        expect: { subject: 'service/default/web' },
      }),
    },
  ],
  twins: [
    {
      name: 'a refusal is left in the filter table, and the nat table leads on before it is met',
      play: (cluster) => ({ make: stale(cluster, '-A'), unmake: stale(cluster, '-D'), probes: [calls(cluster)] }),
    },
    {
      name: 'a slice lists a port that the Service does not have',
      play: (cluster) => ({
        make: [
          changed('endpointslice web-lab01', [{ op: 'add', path: '/ports/-', value: { name: 'metrics', protocol: 'TCP', port: 9100 } }]),
          FOLLOWED,
        ],
        unmake: [...ready(cluster, 'True'), FOLLOWED],
        probes: [calls(cluster)],
      }),
    },
  ],
  needs: { api: true },
});
