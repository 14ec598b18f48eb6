import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'route-blackhole',
  title: { en: 'a blackhole route swallows the pods of a peer', zh: '黑洞路由吞掉了对端 Pod 网段的流量' },
  play: ({ victim, peer }) => ({
    break: [onNode(victim, `ip route replace blackhole ${peer.subnet}`)],
    heal: [onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`)],
    probes: [between(victim, peer, 'silence'), between(peer, victim, 'silence')],
    expect: { subject: `link/${victim.name}→${peer.name}` },
    symptom: `pods on ${victim.name} get no answer from pods on ${peer.name}`,
  }),
  variants: [
    {
      name: 'a prohibit route for one pod of the peer',
      play: ({ victim, peer }) => ({
        break: [onNode(victim, `ip route add prohibit ${peer.pods[0].address}/32`)],
        heal: [onNode(victim, `ip route del prohibit ${peer.pods[0].address}/32`)],
        probes: [between(victim, peer, 'unreachable')],
        expect: { subject: `link/${victim.name}→${peer.name}` },
      }),
    },
  ],
  twins: [
    {
      name: "Calico's blackhole of the node's own block, with a route for each of its pods",
      play: ({ victim, peer }) => ({
        make: [
          ...victim.pods.map((pod) => onNode(victim, `ip route add ${pod.address}/32 dev ${victim.bridge}`)),
          onNode(victim, `ip route add blackhole ${victim.vtepAddress}/26 proto bird`),
        ],
        unmake: [
          onNode(victim, `ip route del blackhole ${victim.vtepAddress}/26 proto bird`),
          ...victim.pods.map((pod) => onNode(victim, `ip route del ${pod.address}/32 dev ${victim.bridge}`)),
        ],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }],
      }),
    },
    {
      name: 'a blackhole of the peer as a backstop, with a metric that never wins',
      play: ({ victim, peer }) => ({
        make: [onNode(victim, `ip route add blackhole ${peer.subnet} metric 4096`)],
        unmake: [onNode(victim, `ip route del blackhole ${peer.subnet} metric 4096`)],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp' }],
      }),
    },
  ],
});
