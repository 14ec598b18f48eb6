import { onNode, onPod, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'pod-not-on-bridge',
  title: { en: "a pod's veth is not on the bridge", zh: 'Pod 的 veth 没有接入网桥' },
  play: ({ victim, peer }) => {
    const [pod] = victim.pods;
    return {
      break: [onNode(victim, `ip link set ${pod.veth} nomaster`)],
      heal: [
        onNode(victim, `ip link set ${pod.veth} master ${victim.bridge}`),
        onNode(victim, `ip link set ${pod.veth} type bridge_slave hairpin on`),
      ],
      probes: [
        { from: { node: victim.name }, to: pod.address, protocol: 'icmp', broken: 'fails' },
        { from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'fails' },
      ],
      expect: { subject: `pod/${victim.name}/${pod.netns}` },
      symptom: `${pod.name} cannot reach its own node`,
    };
  },
  twins: [
    {
      name: 'the pod is routed by a /32 to its veth, as Calico and ptp do',
      play: ({ victim, peer }) => {
        const [pod, ...neighbours] = victim.pods;
        const forget = neighbours.map((one) => onPod(one, `ip neigh flush dev ${one.device}`));
        return {
          make: [
            onNode(victim, `ip link set ${pod.veth} nomaster`),
            onNode(victim, `ip route add ${pod.address}/32 dev ${pod.veth}`),
            onNode(victim, `sysctl -w net.ipv4.conf.${pod.veth}.proxy_arp=1`),
            onNode(victim, `sysctl -w net.ipv4.conf.${victim.bridge}.proxy_arp=1`),
            onPod(pod, `ip neigh flush dev ${pod.device}`),
            ...forget,
          ],
          unmake: [
            onNode(victim, `sysctl -w net.ipv4.conf.${pod.veth}.proxy_arp=0`),
            onNode(victim, `sysctl -w net.ipv4.conf.${victim.bridge}.proxy_arp=0`),
            onNode(victim, `ip route del ${pod.address}/32 dev ${pod.veth}`),
            onNode(victim, `ip link set ${pod.veth} master ${victim.bridge}`),
            onNode(victim, `ip link set ${pod.veth} type bridge_slave hairpin on`),
            onPod(pod, `ip neigh flush dev ${pod.device}`),
            ...forget,
          ],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp' }],
        };
      },
    },
    {
      name: 'a veth that belongs to no pod is on no bridge',
      play: ({ victim, peer }) => ({
        make: [onNode(victim, 'ip link add vethspare type veth peer name vethunused'), onNode(victim, 'ip link set vethspare up')],
        unmake: [onNode(victim, 'ip link del vethspare')],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }],
      }),
    },
  ],
});
