import {
  type Cluster,
  enforced,
  type LabNode,
  type LabPod,
  type Line,
  onApi,
  onNode,
  released,
  scenario,
  unwalled,
  walled,
} from '#lab/vocabulary';

/** A chain of a policy that no pod's chain jumps to. */
const UNUSED = 'KUBE-NWPLCY-F4VBC7VHUEGV6PZC';

/** The pod that policies are about stands behind default/web, so that everybody asks for it; then who asks, and who may. */
const home = ({ nodes }: Cluster): LabNode => nodes[0] as LabNode;
const guarded = (cluster: Cluster): LabPod => home(cluster).pods[0];
const stranger = ({ nodes }: Cluster): LabPod => (nodes[1] as LabNode).pods[0];
const callers = ({ nodes }: Cluster): readonly LabPod[] =>
  nodes.flatMap(({ pods }) => pods).filter(({ name }) => /^default\/app-/.test(name));

const named = ({ name }: LabPod): string => name.split('/')[1] ?? name;

/** The pod of the policy has a label that no other has. */
const labelled = (cluster: Cluster, role: '"db"' | 'null'): Line =>
  onApi(`kubectl -n default patch pod ${named(guarded(cluster))} -p '{"metadata":{"labels":{"role":${role}}}}'`);

const written = (spec: string): Line =>
  onApi(
    `echo '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"db-clients","namespace":"default"},"spec":${spec}}' | kubectl apply -f -`,
  );
const removed: Line = onApi('kubectl -n default delete networkpolicy db-clients --ignore-not-found');

const SELECTED = '"podSelector":{"matchLabels":{"role":"db"}}';
const FROM_APP = `{${SELECTED},"policyTypes":["Ingress"],"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"app"}}}],"ports":[{"protocol":"TCP","port":8080}]}]}`;
const ISOLATED = `{${SELECTED},"policyTypes":["Ingress"]}`;
const FROM_ALL = `{${SELECTED},"policyTypes":["Ingress"],"ingress":[{"ports":[{"protocol":"TCP","port":8080},{"protocol":"UDP"}]}]}`;

const put = (cluster: Cluster, spec: string, marks: readonly string[]): readonly Line[] => [
  labelled(cluster, '"db"'),
  written(spec),
  ...enforced(home(cluster), guarded(cluster), { in: marks }),
];
const taken = (cluster: Cluster): readonly Line[] => [...released(home(cluster)), removed, labelled(cluster, 'null')];

const fromApp = (cluster: Cluster): readonly string[] =>
  callers(cluster).map(({ address }) => `-s ${address}/32 -d ${guarded(cluster).address}/32 -p tcp -m tcp --dport 8080`);

/** Calico's own policies deny by name; the first rule that holds decides. */
const GLOBAL = 'no-web';
const byName: Line = onApi(
  `echo '{"apiVersion":"crd.projectcalico.org/v1","kind":"GlobalNetworkPolicy","metadata":{"name":"${GLOBAL}"},"spec":{"order":10,"selector":"role == \\"db\\"","types":["Ingress"],"ingress":[{"action":"Deny","protocol":"TCP","source":{"selector":"app == \\"web\\""},"destination":{"ports":[8080]}},{"action":"Allow"}]}}' | kubectl apply -f -`,
);
const webs = (cluster: Cluster): readonly string[] =>
  cluster.nodes
    .flatMap(({ pods }) => pods)
    .filter((pod) => pod.name.startsWith('default/web-') && pod.name !== guarded(cluster).name)
    .map(({ address }) => `-s ${address}/32 -p tcp -m tcp --dport 8080`);

const call = (cluster: Cluster, from: LabPod) =>
  ({ from: { pod: from.name }, to: guarded(cluster).address, protocol: 'tcp', port: 8080 }) as const;

const SUBJECT = 'policy/NetworkPolicy/default/db-clients';

export default scenario({
  fault: 'policy-denies',
  title: { en: 'a NetworkPolicy keeps pods out, as it is meant to', zh: 'NetworkPolicy 按预期拒绝流量' },
  play: (cluster) => ({
    break: put(cluster, FROM_APP, fromApp(cluster)),
    heal: taken(cluster),
    probes: [
      { ...call(cluster, stranger(cluster)), broken: 'unreachable' },
      { from: { pod: stranger(cluster).name }, to: guarded(cluster).address, protocol: 'icmp', broken: 'answers' },
    ],
    expect: { subject: SUBJECT },
    symptom: `connection refused from ${stranger(cluster).name} to ${guarded(cluster).name}, ping answers`,
  }),
  variants: [
    {
      name: 'nobody may come in',
      play: (cluster) => ({
        break: put(cluster, ISOLATED, []),
        heal: taken(cluster),
        probes: [{ ...call(cluster, stranger(cluster)), broken: 'unreachable' }],
        expect: { subject: SUBJECT },
      }),
    },
    {
      name: "Calico's own policy denies it by name",
      play: (cluster) => ({
        break: [labelled(cluster, '"db"'), byName, ...walled(home(cluster), guarded(cluster), GLOBAL, webs(cluster))],
        heal: [
          ...unwalled(home(cluster), GLOBAL),
          onApi(`kubectl delete globalnetworkpolicy ${GLOBAL} --ignore-not-found`),
          labelled(cluster, 'null'),
        ],
        probes: [{ ...call(cluster, stranger(cluster)), broken: 'silence' }],
        expect: { subject: `policy/GlobalNetworkPolicy/${GLOBAL}` },
      }),
    },
  ],
  twins: [
    {
      name: 'a policy that selects nothing, where one enforces policies',
      play: (cluster) => ({
        make: [written(ISOLATED), onNode(home(cluster), `iptables -N ${UNUSED}`)],
        unmake: [onNode(home(cluster), `iptables -X ${UNUSED}`), removed],
      }),
    },
    {
      name: 'a policy that denies everything, and flannel enforces none',
      play: (cluster) => ({ make: [labelled(cluster, '"db"'), written(ISOLATED)], unmake: [removed, labelled(cluster, 'null')] }),
    },
    {
      name: 'the policy is enforced and allows what is asked',
      play: (cluster) => {
        const { address } = guarded(cluster);
        return {
          make: put(cluster, FROM_ALL, [`-d ${address}/32 -p tcp -m tcp --dport 8080`, `-d ${address}/32 -p udp`]),
          unmake: taken(cluster),
        };
      },
    },
  ],
  needs: { api: true },
});
