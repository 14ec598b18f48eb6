import { onPod, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'pod-default-route-missing',
  title: { en: 'a pod lost its default route', zh: 'Pod 丢失默认路由' },
  play: ({ victim, peer }) => {
    const [pod] = victim.pods;
    return {
      break: [onPod(pod, 'ip route del default')],
      heal: [onPod(pod, `ip route replace default via ${victim.gateway} dev ${pod.device}`)],
      probes: [
        { from: { pod: pod.name }, to: peer.pods[0].address, protocol: 'icmp', broken: 'unreachable' },
        { from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'fails' },
      ],
      expect: { subject: `pod/${victim.name}/${pod.netns}` },
      symptom: `in ${pod.name} every request says Network is unreachable`,
    };
  },
  twins: [
    {
      name: 'the pod has routes for the pod and Service ranges of its own',
      play: ({ victim, peer, network }) => {
        const [pod] = victim.pods;
        return {
          make: [
            onPod(pod, `ip route add ${network} via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, `ip route add 10.96.0.0/12 via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, 'ip route del default'),
          ],
          unmake: [
            onPod(pod, `ip route replace default via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, `ip route del ${network}`),
            onPod(pod, 'ip route del 10.96.0.0/12'),
          ],
          probes: [{ from: { pod: pod.name }, to: peer.pods[0].address, protocol: 'icmp' }],
        };
      },
    },
    {
      name: 'two halves stand for the default route',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          make: [
            onPod(pod, `ip route add 0.0.0.0/1 via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, `ip route add 128.0.0.0/1 via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, 'ip route del default'),
          ],
          unmake: [
            onPod(pod, `ip route replace default via ${victim.gateway} dev ${pod.device}`),
            onPod(pod, 'ip route del 0.0.0.0/1'),
            onPod(pod, 'ip route del 128.0.0.0/1'),
          ],
          probes: [{ from: { pod: pod.name }, to: peer.pods[0].address, protocol: 'icmp' }],
        };
      },
    },
  ],
});
