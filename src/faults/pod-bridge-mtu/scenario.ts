import { between, type LabNode, type Line, onNode, onPod, scenario } from '#lab/vocabulary';

const TUNNEL = 1450;
const LARGE = 1500;

/** All devices between a node's pods and its tunnel. */
const setMtu = (node: LabNode, mtu: number): readonly Line[] => [
  onNode(node, `ip link set ${node.bridge} mtu ${mtu}`),
  ...node.pods.flatMap((pod) => [onNode(node, `ip link set ${pod.veth} mtu ${mtu}`), onPod(pod, `ip link set ${pod.device} mtu ${mtu}`)]),
];

export default scenario({
  fault: 'pod-bridge-mtu',
  title: { en: "the pods' MTU is above the tunnel's", zh: 'Pod 的 MTU 大于 VXLAN 设备' },
  play: ({ victim, peer }) => ({
    break: setMtu(victim, LARGE),
    heal: setMtu(victim, TUNNEL),
    // a datagram above the tunnel: a pod that knows the limit cuts it itself, the other one learns of it by an error
    probes: [between(victim, peer, 'unreachable', { protocol: 'udp', size: TUNNEL + 30 }), between(victim, peer, 'answers')],
    expect: { subject: `node/${victim.name}` },
    symptom: `small requests from pods on ${victim.name} work, uploads to other nodes hang`,
  }),
  twins: [
    {
      name: 'only the bridge is large',
      play: ({ victim, peer }) => ({
        make: [onNode(victim, `ip link set ${victim.bridge} mtu ${LARGE}`)],
        unmake: setMtu(victim, TUNNEL),
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp', size: TUNNEL, df: true }],
      }),
    },
    {
      name: "the bridge's ports are large, the pods are not",
      play: ({ victim, peer }) => ({
        make: victim.pods.map((pod) => onNode(victim, `ip link set ${pod.veth} mtu ${LARGE}`)),
        unmake: setMtu(victim, TUNNEL),
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp', size: TUNNEL, df: true }],
      }),
    },
  ],
});
