import { type Cluster, type LabNode, type LabPod, type Line, onApi, onNode, scenario } from '#lab/vocabulary';

const MARK = '0x10000/0x10000';
const GUARD = 'KUBE-POD-FW-3ANJLXTTTMB5EDKD';
const POLICY = 'KUBE-NWPLCY-F4VBC7VHUEGV6PZC';

/** The pod that policies are about, and those that they let in. */
const guarded = ({ victim }: Cluster): LabPod => victim.pods[0];
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

/** What kube-router writes before a pod, with addresses in the place of its sets: echoes pass, and what the policy's chain marks. */
function enforced(node: LabNode, { address, name }: LabPod, marks: readonly string[]): readonly Line[] {
  const rules = [
    '-N KUBE-ROUTER-FORWARD',
    '-N KUBE-ROUTER-OUTPUT',
    '-N KUBE-NWPLCY-DEFAULT',
    '-N KUBE-NWPLCY-COMMON',
    `-N ${POLICY}`,
    `-N ${GUARD}`,
    `-A KUBE-NWPLCY-DEFAULT -m comment --comment "rule to mark traffic matching a network policy" -j MARK --set-xmark ${MARK}`,
    '-A KUBE-NWPLCY-COMMON -p icmp -m comment --comment "allow icmp echo requests" -m icmp --icmp-type 8 -j ACCEPT',
    ...marks.flatMap((match) => [
      `-A ${POLICY} ${match} -m comment --comment "rule to ACCEPT traffic from source pods to dest pods selected by policy name db-clients namespace default" -j MARK --set-xmark ${MARK}`,
      `-A ${POLICY} ${match} -m mark --mark ${MARK} -j RETURN`,
    ]),
    `-A ${GUARD} -m comment --comment "rule to drop invalid state for pod" -m conntrack --ctstate INVALID -j DROP`,
    `-A ${GUARD} -m comment --comment "rule for stateful firewall for pod" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-A ${GUARD} -d ${address}/32 -m comment --comment "rule to permit the traffic traffic to pods when source is the pod's local node" -m addrtype --src-type LOCAL -j ACCEPT`,
    `-A ${GUARD} -m comment --comment "run through default network policy chain" -j KUBE-NWPLCY-COMMON`,
    `-A ${GUARD} -d ${address}/32 -m comment --comment "run through nw policy db-clients" -j ${POLICY}`,
    `-A ${GUARD} -s ${address}/32 -m comment --comment "run through default egress network policy chain" -j KUBE-NWPLCY-DEFAULT`,
    `-A ${GUARD} -m comment --comment "rule to REJECT traffic destined for POD name:${name}" -m mark ! --mark ${MARK} -j REJECT --reject-with icmp-port-unreachable`,
    `-A ${GUARD} -j MARK --set-xmark 0x0/0x10000`,
    `-A ${GUARD} -m comment --comment "set mark to ACCEPT traffic that comply to network policies" -j MARK --set-xmark 0x20000/0x20000`,
    ...['FORWARD', 'OUTPUT'].flatMap((hook) => [
      `-A KUBE-ROUTER-${hook} -d ${address}/32 -m comment --comment "rule to jump traffic destined to POD name:${name} to chain ${GUARD}" -j ${GUARD}`,
      ...(hook === 'FORWARD'
        ? [
            `-A KUBE-ROUTER-${hook} -s ${address}/32 -m comment --comment "rule to jump traffic from POD name:${name} to chain ${GUARD}" -j ${GUARD}`,
          ]
        : []),
      `-A KUBE-ROUTER-${hook} -m comment --comment "rule to explicitly ACCEPT traffic that comply to network policies" -m mark --mark 0x20000/0x20000 -j ACCEPT`,
      `-I ${hook} 1 -m comment --comment "kube-router netpol - ${hook}" -j KUBE-ROUTER-${hook}`,
    ]),
  ];
  return rules.map((rule) => onNode(node, `iptables ${rule}`));
}

const released = (node: LabNode): readonly Line[] => {
  const chains = ['KUBE-ROUTER-FORWARD', 'KUBE-ROUTER-OUTPUT', GUARD, POLICY, 'KUBE-NWPLCY-DEFAULT', 'KUBE-NWPLCY-COMMON'];
  return [
    ...['FORWARD', 'OUTPUT'].map((hook) =>
      onNode(node, `iptables -D ${hook} -m comment --comment "kube-router netpol - ${hook}" -j KUBE-ROUTER-${hook}`),
    ),
    ...chains.map((chain) => onNode(node, `iptables -F ${chain}`)),
    ...chains.map((chain) => onNode(node, `iptables -X ${chain}`)),
  ];
};

const put = (cluster: Cluster, spec: string, marks: readonly string[]): readonly Line[] => [
  labelled(cluster, '"db"'),
  written(spec),
  ...enforced(cluster.victim, guarded(cluster), marks),
];
const taken = (cluster: Cluster): readonly Line[] => [...released(cluster.victim), removed, labelled(cluster, 'null')];

const fromApp = (cluster: Cluster): readonly string[] =>
  callers(cluster).map(({ address }) => `-s ${address}/32 -d ${guarded(cluster).address}/32 -p tcp -m tcp --dport 8080`);

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
      { ...call(cluster, cluster.peer.pods[0]), broken: 'unreachable' },
      { from: { pod: cluster.peer.pods[0].name }, to: guarded(cluster).address, protocol: 'icmp', broken: 'answers' },
    ],
    expect: { subject: SUBJECT },
    symptom: `connection refused from ${cluster.peer.pods[0].name} to ${guarded(cluster).name}, ping answers`,
  }),
  variants: [
    {
      name: 'nobody may come in',
      play: (cluster) => ({
        break: put(cluster, ISOLATED, []),
        heal: taken(cluster),
        probes: [{ ...call(cluster, cluster.peer.pods[0]), broken: 'unreachable' }],
        expect: { subject: SUBJECT },
      }),
    },
  ],
  twins: [
    {
      name: 'a policy that selects nothing, where one enforces policies',
      play: (cluster) => ({
        make: [written(ISOLATED), onNode(cluster.victim, `iptables -N ${POLICY}`)],
        unmake: [onNode(cluster.victim, `iptables -X ${POLICY}`), removed],
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
