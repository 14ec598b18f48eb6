import { type Cluster, type LabNode, type LabPod, type Line, onNode, onPod, scenario } from '#lab/vocabulary';

const VIRTUAL = '10.96.77.77';
const AT = `-t ${VIRTUAL}:80`;
const DEVICE = 'kube-ipvs0';

/** Who is kept, where, and who lives on. */
const client = ({ victim }: Cluster): LabPod => victim.pods[0];
const dying = ({ victim }: Cluster): LabPod => victim.pods[1];
const living = ({ victim, peer }: Cluster): LabPod => victim.pods[2] ?? peer.pods[0];

const connects = (pod: LabPod): Line => onPod(pod, `timeout 2 busybox nc -w 1 ${VIRTUAL} 80 </dev/null || true`);

/** A Service that keeps its clients as kube-proxy's IPVS mode has it; the client's first connection finds one endpoint alone. */
const served = (cluster: Cluster): readonly Line[] => [
  onNode(cluster.victim, 'sysctl -w net.ipv4.vs.conntrack=1'),
  onNode(cluster.victim, 'sysctl -w net.ipv4.vs.expire_nodest_conn=1'),
  onNode(cluster.victim, `ip link add ${DEVICE} type dummy`),
  onNode(cluster.victim, `ip addr add ${VIRTUAL}/32 dev ${DEVICE}`),
  onNode(cluster.victim, `ipvsadm -A ${AT} -s rr -p 10800`),
  onNode(cluster.victim, `ipvsadm -a ${AT} -r ${dying(cluster).address}:8080 -m -w 1`),
  connects(client(cluster)),
  onNode(cluster.victim, `ipvsadm -a ${AT} -r ${living(cluster).address}:8080 -m -w 1`),
];

const expires = (node: LabNode, value: 0 | 1): Line => onNode(node, `sysctl -w net.ipv4.vs.expire_quiescent_template=${value}`);

/** The endpoint goes, and its connections have not all ended: weight 0. */
const quiesced = (cluster: Cluster): Line => onNode(cluster.victim, `ipvsadm -e ${AT} -r ${dying(cluster).address}:8080 -m -w 0`);
const takenOut = (cluster: Cluster): Line => onNode(cluster.victim, `ipvsadm -d ${AT} -r ${dying(cluster).address}:8080`);

/** A pod's device goes with the pod. */
const died = (cluster: Cluster): readonly Line[] => [
  onNode(cluster.victim, `ip link del ${dying(cluster).veth}`),
  connects(client(cluster)),
];

function revived(cluster: Cluster): readonly Line[] {
  const { bridge, gateway, subnetLength } = cluster.victim;
  const { veth, device, mac, netns, address } = dying(cluster);
  return [
    `ip link add ${veth} type veth peer name ${device} address ${mac} netns ${netns}`,
    `ip link set ${veth} master ${bridge} up`,
    `bridge link set dev ${veth} hairpin on`,
    `ip -n ${netns} addr add ${address}/${subnetLength} dev ${device}`,
    `ip -n ${netns} link set ${device} up`,
    `ip -n ${netns} route add default via ${gateway}`,
  ].map((run) => onNode(cluster.victim, run));
}

const gone = (cluster: Cluster): readonly Line[] => [
  onNode(cluster.victim, `ipvsadm -D ${AT}`),
  onNode(cluster.victim, `ip link del ${DEVICE}`),
  ...['conntrack', 'expire_nodest_conn', 'expire_quiescent_template'].map((name) =>
    onNode(cluster.victim, `sysctl -w net.ipv4.vs.${name}=0`),
  ),
];

const asking = (cluster: Cluster) => ({ from: { pod: client(cluster).name }, to: VIRTUAL, protocol: 'tcp', port: 80 }) as const;

export default scenario({
  fault: 'affinity-pinned-dead-pod',
  title: { en: 'IPVS leads a kept client to a pod that is dead', zh: 'IPVS 会话保持把客户端固定到已死亡的 Pod' },
  play: (cluster) => ({
    break: [expires(cluster.victim, 0), ...served(cluster), quiesced(cluster), ...died(cluster)],
    heal: [...revived(cluster), ...gone(cluster)],
    probes: [{ ...asking(cluster), broken: 'silence' }],
    expect: { subject: `node/${cluster.victim.name}` },
    symptom: `since a pod was deleted ${client(cluster).name} gets no answer from ${VIRTUAL}:80, and everybody else does`,
  }),
  twins: [
    {
      name: 'the endpoint of weight 0 is draining, and answers whom it keeps',
      play: (cluster) => ({
        make: [expires(cluster.victim, 0), ...served(cluster), quiesced(cluster)],
        unmake: gone(cluster),
        probes: [asking(cluster)],
      }),
    },
    {
      name: 'the setting ends what is kept at weight 0',
      play: (cluster) => ({
        make: [expires(cluster.victim, 1), ...served(cluster), quiesced(cluster), ...died(cluster)],
        unmake: [...revived(cluster), ...gone(cluster)],
        probes: [asking(cluster)],
      }),
    },
    {
      name: 'the dead endpoint was taken out, and the entry of whom it kept is left',
      play: (cluster) => ({
        make: [expires(cluster.victim, 0), ...served(cluster), takenOut(cluster), ...died(cluster)],
        unmake: [...revived(cluster), ...gone(cluster)],
        probes: [asking(cluster)],
      }),
    },
  ],
  needs: { kernel: 'ip_vs' },
});
