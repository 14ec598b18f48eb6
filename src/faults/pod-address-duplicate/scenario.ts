import { onNode, onPod, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'pod-address-duplicate',
  title: { en: 'two pods have the same address', zh: '两个 Pod 地址重复' },
  play: ({ victim, peer }) => {
    const [pod, other] = victim.pods;
    return {
      break: [
        // the node knows the rightful pod, the rightful pod knows the node, and then the other one announces itself
        onNode(victim, `ip neigh replace ${pod.address} lladdr ${pod.mac} dev ${victim.bridge} nud stale`),
        onPod(pod, `ip neigh replace ${victim.gateway} lladdr ${victim.bridgeMac} dev ${pod.device} nud permanent`),
        onPod(other, `sysctl -w net.ipv4.conf.${other.device}.arp_notify=1`),
        onPod(other, `ip addr add ${pod.address}/${victim.subnetLength} dev ${other.device}`),
        onPod(other, `ip link set ${other.device} address ${other.mac}`),
      ],
      heal: [
        onPod(other, `ip addr del ${pod.address}/${victim.subnetLength} dev ${other.device}`),
        onPod(other, `sysctl -w net.ipv4.conf.${other.device}.arp_notify=0`),
        onPod(pod, `ip neigh del ${victim.gateway} dev ${pod.device}`),
        onNode(victim, `ip neigh del ${pod.address} dev ${victim.bridge}`),
      ],
      probes: [{ from: { pod: pod.name }, to: peer.pods[0].address, protocol: 'icmp', broken: 'silence' }],
      expect: { subject: `address/${pod.address}` },
      symptom: `${pod.name} hangs every few minutes, arping shows two MACs for ${pod.address}`,
    };
  },
  twins: [
    {
      name: 'pods of two nodes have the same MAC, on links that never meet',
      play: ({ victim, peer }) => {
        const [[pod], [far]] = [victim.pods, peer.pods];
        const forget = onNode(peer, `ip neigh flush ${far.address} dev ${peer.bridge}`);
        return {
          make: [onPod(far, `ip link set ${far.device} address ${pod.mac}`), forget],
          unmake: [onPod(far, `ip link set ${far.device} address ${far.mac}`), forget],
          probes: [{ from: { pod: pod.name }, to: far.address, protocol: 'icmp' }],
        };
      },
    },
    {
      name: 'pods hold the same link-local address',
      play: ({ victim, peer }) => {
        const [pod, other] = victim.pods;
        return {
          make: [
            onPod(pod, `ip addr add 169.254.7.7/32 dev ${pod.device}`),
            onPod(other, `ip addr add 169.254.7.7/32 dev ${other.device}`),
          ],
          unmake: [
            onPod(pod, `ip addr del 169.254.7.7/32 dev ${pod.device}`),
            onPod(other, `ip addr del 169.254.7.7/32 dev ${other.device}`),
          ],
          probes: [{ from: { pod: pod.name }, to: peer.pods[0].address, protocol: 'icmp' }],
        };
      },
    },
  ],
});
