import { onNode, onPod, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'pod-veth-down',
  title: { en: "one end of a pod's veth is down", zh: 'Pod 的 veth 一端被 down 掉' },
  play: ({ victim, peer }) => {
    const [pod] = victim.pods;
    return {
      break: [onNode(victim, `ip link set ${pod.veth} down`)],
      heal: [onNode(victim, `ip link set ${pod.veth} up`)],
      probes: [
        { from: { node: victim.name }, to: pod.address, protocol: 'icmp', broken: 'fails' },
        { from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'fails' },
      ],
      expect: { subject: `pod/${victim.name}/${pod.netns}` },
      symptom: `${pod.name}: Readiness probe failed: dial tcp ${pod.address}:8080: connect: no route to host`,
    };
  },
  variants: [
    {
      name: 'inside the pod',
      play: ({ victim }) => {
        const [pod] = victim.pods;
        return {
          break: [onPod(pod, `ip link set ${pod.device} down`)],
          heal: [
            onPod(pod, `ip link set ${pod.device} up`),
            onPod(pod, `ip route replace default via ${victim.gateway} dev ${pod.device}`),
          ],
          probes: [{ from: { node: victim.name }, to: pod.address, protocol: 'icmp', broken: 'fails' }],
          expect: { subject: `pod/${victim.name}/${pod.netns}` },
        };
      },
    },
  ],
  twins: [
    {
      name: 'a second interface of the pod that nobody uses is down',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          make: [onPod(pod, 'ip link add net1 type bridge'), onPod(pod, 'ip addr add 10.254.7.2/24 dev net1')],
          unmake: [onPod(pod, 'ip link del net1')],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp' }],
        };
      },
    },
    {
      name: 'a veth without a pod hangs on the bridge and is down',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, 'ip link add vethspare type veth peer name vethunused'),
          onNode(victim, `ip link set vethspare master ${victim.bridge}`),
        ],
        unmake: [onNode(victim, 'ip link del vethspare')],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }],
      }),
    },
  ],
});
