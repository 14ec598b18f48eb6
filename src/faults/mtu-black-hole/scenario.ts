import { between, onNode, onPod, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'mtu-black-hole',
  title: { en: 'large packets vanish: an MTU too small on the way', zh: '大包丢失：路径上的 MTU 过小' },
  play: ({ victim, peer }) => ({
    break: [onNode(victim, `ip link set ${victim.uplink} mtu 1400`)],
    heal: [onNode(victim, `ip link set ${victim.uplink} mtu 1500`)],
    probes: [between(peer, victim, 'silence', { size: 1450, df: true })],
    expect: { subject: `device/${victim.name}/${victim.uplink}` },
    symptom: `ping works, curl of a large page from ${victim.name} hangs`,
  }),
  twins: [
    {
      name: 'one node has jumbo frames, the others do not',
      play: ({ victim }) => ({
        make: [onNode(victim, `ip link set ${victim.uplink} mtu 9000`)],
        unmake: [onNode(victim, `ip link set ${victim.uplink} mtu 1500`)],
      }),
    },
    {
      name: 'the underlay takes 1450 bytes everywhere, and tunnels and pods were made for it',
      play: ({ nodes, victim, peer }) => ({
        make: nodes.flatMap((node) => [
          ...node.pods.flatMap((pod) => [
            onPod(pod, `ip link set ${pod.device} mtu 1400`),
            onNode(node, `ip link set ${pod.veth} mtu 1400`),
          ]),
          onNode(node, `ip link set ${node.bridge} mtu 1400`),
          onNode(node, `ip link set ${node.vtep.device} mtu 1400`),
          onNode(node, `ip link set ${node.uplink} mtu 1450`),
        ]),
        unmake: nodes.flatMap((node) => [
          onNode(node, `ip link set ${node.uplink} mtu 1500`),
          onNode(node, `ip link set ${node.vtep.device} mtu 1450`),
          onNode(node, `ip link set ${node.bridge} mtu 1450`),
          ...node.pods.flatMap((pod) => [
            onNode(node, `ip link set ${pod.veth} mtu 1450`),
            onPod(pod, `ip link set ${pod.device} mtu 1450`),
          ]),
        ]),
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp', size: 1400, df: true }],
      }),
    },
  ],
});
