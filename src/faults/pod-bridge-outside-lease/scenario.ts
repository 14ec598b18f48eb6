import { between, calledOff, calling, type Cluster, type LabNode, type Line, onEtcd, onNode, onPod, scenario } from '#lab/vocabulary';

/** A bridge and its pods moved to another network, as a runtime makes them that starts before it knows flannel's subnet. */
function move(node: LabNode, prefix: string, length: number): readonly Line[] {
  const gateway = `${prefix}.1`;
  return [
    onNode(node, `ip addr flush dev ${node.bridge}`),
    onNode(node, `ip addr add ${gateway}/${length} brd + dev ${node.bridge}`),
    ...node.pods.flatMap((pod, index) => [
      onPod(pod, `ip addr flush dev ${pod.device}`),
      onPod(pod, `ip addr add ${prefix}.${2 + index}/${length} brd + dev ${pod.device}`),
      onPod(pod, `ip route add default via ${gateway} dev ${pod.device}`),
    ]),
  ];
}

function moveBack(node: LabNode): readonly Line[] {
  return [
    onNode(node, `ip addr flush dev ${node.bridge}`),
    onNode(node, `ip addr add ${node.gateway}/${node.subnetLength} brd + dev ${node.bridge}`),
    ...node.pods.flatMap((pod) => [
      onPod(pod, `ip addr flush dev ${pod.device}`),
      onPod(pod, `ip addr add ${pod.address}/${node.subnetLength} brd + dev ${pod.device}`),
      onPod(pod, `ip route add default via ${node.gateway} dev ${pod.device}`),
    ]),
  ];
}

/** flanneld on the victim loses its lease and its note of it, and draws another subnet. */
const anotherSubnet = ({ victim }: Cluster): readonly Line[] => [
  onNode(victim, 'systemctl stop flanneld'),
  onEtcd(`etcdctl del ${victim.leaseKey}`),
  onNode(victim, 'rm /run/flannel/subnet.env'),
  onNode(victim, 'systemctl start flanneld'),
];

/** The old subnet back: its note, no other lease of this node, a start of flanneld. */
const oldSubnet = ({ victim, network, etcd }: Cluster): readonly Line[] => [
  onNode(victim, 'systemctl stop flanneld'),
  onEtcd(
    `for key in $(etcdctl get --prefix --keys-only ${etcd.prefix}/subnets/); do etcdctl get --print-value-only $key | grep -q '"${victim.address}"' && etcdctl del $key; done; true`,
  ),
  onNode(
    victim,
    `printf 'FLANNEL_NETWORK=${network}\\nFLANNEL_SUBNET=${victim.gateway}/${victim.subnetLength}\\nFLANNEL_MTU=1450\\nFLANNEL_IPMASQ=true\\n' >/run/flannel/subnet.env`,
  ),
  onNode(victim, `ip addr flush dev ${victim.vtep.device}`),
  onNode(victim, 'systemctl start flanneld'),
];

export default scenario({
  fault: 'pod-bridge-outside-lease',
  title: { en: 'the pod bridge was up before flannel had its subnet', zh: 'Docker 先于 flannel 启动，网桥不在子网内' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    return {
      break: [...move(victim, '172.17.0', 16), ...calling(peer.pods[0], '172.17.0.2', 8080)],
      heal: [calledOff(peer.pods[0]), ...moveBack(victim)],
      probes: [
        between(peer, victim, 'fails'),
        between(other, victim, 'fails', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `node/${victim.name}` },
      symptom: `after the reboot of ${victim.name} its pods have addresses of 172.17.0.0/16`,
    };
  },
  variants: [
    {
      name: 'flanneld lost its lease and its note of it, and drew another subnet; the bridge kept the old one',
      play: (cluster) => ({
        break: [...anotherSubnet(cluster), ...calling(cluster.peer.pods[0], cluster.victim.pods[0].address, 8080)],
        heal: [calledOff(cluster.peer.pods[0]), ...oldSubnet(cluster)],
        probes: [between(cluster.peer, cluster.victim, 'fails'), between(cluster.peer, cluster.other, 'answers')],
        expect: { subject: `node/${cluster.victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'another bridge of Docker stands beside, in its own range',
      play: ({ victim }) => ({
        make: [
          onNode(victim, 'ip link add br-compose type bridge'),
          onNode(victim, 'ip addr add 172.18.0.1/16 brd + dev br-compose'),
          onNode(victim, 'ip link set br-compose up'),
        ],
        unmake: [onNode(victim, 'ip link del br-compose')],
      }),
    },
    {
      name: 'the pod bridge has a second address of another network',
      play: ({ victim }) => ({
        make: [onNode(victim, `ip addr add 172.17.0.1/16 dev ${victim.bridge}`)],
        unmake: [onNode(victim, `ip addr del 172.17.0.1/16 dev ${victim.bridge}`)],
      }),
    },
  ],
  needs: { settle: 2.5 },
});
