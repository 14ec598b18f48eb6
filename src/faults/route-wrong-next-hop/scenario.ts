import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'route-wrong-next-hop',
  title: { en: 'the route to a peer leads to a wrong machine', zh: '到对端 Pod 网段的路由下一跳错误' },
  play: ({ victim, peer, other }) => ({
    break: [onNode(victim, `ip route replace ${peer.subnet} via ${other.vtepAddress} dev ${victim.vtep.device} onlink`)],
    heal: [onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`)],
    // the other node passes requests on, and drops answers to requests that it never saw (KUBE-FORWARD, ctstate INVALID)
    probes: [between(peer, victim, 'silence')],
    expect: { subject: `link/${victim.name}→${peer.name}` },
    symptom: `since the migration pods on ${victim.name} do not answer pods on ${peer.name}`,
  }),
  variants: [
    {
      name: 'a longer prefix leads half of the peer to the pod bridge',
      play: ({ victim, peer }) => ({
        break: [onNode(victim, `ip route add ${peer.pods[0].address}/32 dev ${victim.bridge}`)],
        heal: [onNode(victim, `ip route del ${peer.pods[0].address}/32 dev ${victim.bridge}`)],
        probes: [between(victim, peer, 'fails')],
        expect: { subject: `link/${victim.name}→${peer.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'both nodes route straight to each other, as DirectRouting does',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.address} dev ${victim.uplink}`),
          onNode(peer, `ip route replace ${victim.subnet} via ${victim.address} dev ${peer.uplink}`),
        ],
        unmake: [
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
          onNode(peer, `ip route replace ${victim.subnet} via ${victim.vtepAddress} dev ${peer.vtep.device} onlink`),
        ],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp' }],
      }),
    },
    {
      name: 'a worse route with a larger metric leads elsewhere and is never taken',
      play: ({ victim, peer, other }) => ({
        make: [onNode(victim, `ip route add ${peer.subnet} via ${other.vtepAddress} dev ${victim.vtep.device} onlink metric 500`)],
        unmake: [onNode(victim, `ip route del ${peer.subnet} metric 500`)],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp' }],
      }),
    },
  ],
});
