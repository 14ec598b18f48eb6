import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'pod-route-missing',
  title: { en: 'a node lost its route to the pods of a peer', zh: '节点丢失了到对端 Pod 网段的路由' },
  play: ({ victim, peer }) => ({
    break: [onNode(victim, `ip route del ${peer.subnet}`)],
    heal: [onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`)],
    probes: [between(victim, peer, 'fails'), between(peer, victim, 'fails')],
    expect: { subject: `link/${victim.name}→${peer.name}` },
    symptom: `pods on ${victim.name} cannot reach any pod on ${peer.name}; all other nodes are fine`,
  }),
  twins: [
    {
      name: 'one route for two neighbouring subnets stands for the route of the peer',
      play: ({ victim, peer, network }) => ({
        make: [
          onNode(victim, `ip route add ${network} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
          onNode(victim, `ip route del ${peer.subnet}`),
        ],
        unmake: [
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
          onNode(victim, `ip route del ${network}`),
        ],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp' }],
      }),
    },
    {
      name: 'the route stands in a table of its own that a rule asks first',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, `ip route add ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink table 250`),
          onNode(victim, `ip rule add to ${peer.subnet} lookup 250 priority 1000`),
          onNode(victim, `ip route del ${peer.subnet}`),
        ],
        unmake: [
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
          onNode(victim, `ip rule del to ${peer.subnet} lookup 250 priority 1000`),
          onNode(victim, 'ip route flush table 250'),
        ],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'icmp' }],
      }),
    },
  ],
});
