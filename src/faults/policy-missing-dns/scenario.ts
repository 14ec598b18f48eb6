import { type Cluster, enforced, type LabPod, type Line, onApi, released, scenario } from '#lab/vocabulary';

/** The pod that the policy selects, by a label that no other has. */
const guarded = ({ victim }: Cluster): LabPod => victim.pods[0];
const named = ({ name }: LabPod): string => name.split('/')[1] ?? name;

const labelled = (cluster: Cluster, role: '"batch"' | 'null'): Line =>
  onApi(`kubectl -n default patch pod ${named(guarded(cluster))} -p '{"metadata":{"labels":{"role":${role}}}}'`);

const NAME = 'batch-egress';

/** A policy that lets the pod send to these ports, anywhere. */
const written = (ports: string, role = 'batch'): Line =>
  onApi(
    `echo '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"${NAME}","namespace":"default"},"spec":{"podSelector":{"matchLabels":{"role":"${role}"}},"policyTypes":["Egress"],"egress":[{"ports":[${ports}]}]}}' | kubectl apply -f -`,
  );

const TCP = '{"protocol":"TCP"}';
const HTTP = '{"protocol":"TCP","port":8080},{"protocol":"TCP","port":6443}';
const WITH_DNS = '{"protocol":"TCP"},{"protocol":"UDP","port":53},{"protocol":"UDP","port":8080}';

const put = (cluster: Cluster, ports: string, out: readonly string[]): readonly Line[] => [
  labelled(cluster, '"batch"'),
  written(ports),
  ...enforced(cluster.victim, guarded(cluster), { out }),
];
const removed: Line = onApi(`kubectl -n default delete networkpolicy ${NAME} --ignore-not-found`);
const taken = (cluster: Cluster): readonly Line[] => [...released(cluster.victim), removed, labelled(cluster, 'null')];

const dns = ({ services }: Cluster): string => services.find(({ name }) => name === 'kube-system/kube-dns:dns')?.clusterIp ?? '';

const lookup = (cluster: Cluster) => ({ from: { pod: guarded(cluster).name }, to: dns(cluster), protocol: 'udp', port: 53 }) as const;
/** A DNS pod on another node, by its own address: what refuses the way to its Service answers with the Service's address. */
const server = ({ nodes, victim }: Cluster): string =>
  nodes
    .filter(({ name }) => name !== victim.name)
    .flatMap(({ pods }) => pods.filter(({ name }) => name.startsWith('kube-system/coredns-')))[0]?.address ?? '';
const asked = (cluster: Cluster) => ({ from: { pod: guarded(cluster).name }, to: server(cluster), protocol: 'udp', port: 53 }) as const;
const byAddress = (cluster: Cluster) =>
  ({ from: { pod: guarded(cluster).name }, to: cluster.peer.pods[0].address, protocol: 'tcp', port: 8080 }) as const;

const SUBJECT = `policy/NetworkPolicy/default/${NAME}`;

export default scenario({
  fault: 'policy-missing-dns',
  title: { en: 'an egress policy forgets DNS', zh: 'egress 策略漏放 DNS' },
  play: (cluster) => ({
    break: put(cluster, TCP, ['-p tcp']),
    heal: taken(cluster),
    probes: [
      { ...asked(cluster), broken: 'unreachable' },
      { ...lookup(cluster), broken: 'answers' },
      { ...byAddress(cluster), broken: 'answers' },
    ],
    expect: { subject: SUBJECT },
    symptom: `${guarded(cluster).name} says "Temporary failure in name resolution", and reaches everything by address`,
  }),
  variants: [
    {
      name: 'only the ports of the application are named',
      play: (cluster) => ({
        break: put(cluster, HTTP, ['-p tcp -m tcp --dport 8080', '-p tcp -m tcp --dport 6443']),
        heal: taken(cluster),
        probes: [
          { ...asked(cluster), broken: 'unreachable' },
          { ...asked(cluster), protocol: 'tcp', broken: 'unreachable' },
          { ...byAddress(cluster), broken: 'answers' },
        ],
        expect: { subject: SUBJECT },
      }),
    },
  ],
  twins: [
    {
      name: 'the policy names port 53 too',
      play: (cluster) => ({
        make: put(cluster, WITH_DNS, ['-p tcp', '-p udp -m udp --dport 53', '-p udp -m udp --dport 8080']),
        unmake: taken(cluster),
      }),
    },
    {
      name: 'the same policy, and flannel enforces none',
      play: (cluster) => ({ make: [labelled(cluster, '"batch"'), written(TCP)], unmake: [removed, labelled(cluster, 'null')] }),
    },
    { name: 'the policy selects no pod', play: () => ({ make: [written(TCP, 'nobody')], unmake: [removed] }) },
  ],
  needs: { api: true },
});
