import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'rp-filter-strict',
  title: { en: 'strict rp_filter on an asymmetric way', zh: '不对称路径上的严格反向路径过滤' },
  play: ({ victim, peer }) => ({
    break: [
      onNode(victim, `ip route replace ${peer.subnet} via ${peer.address} dev ${victim.uplink}`),
      onNode(victim, `sysctl -w net/ipv4/conf/${victim.vtep.device}/rp_filter=1`),
    ],
    heal: [
      onNode(victim, `sysctl -w net/ipv4/conf/${victim.vtep.device}/rp_filter=0`),
      onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
    ],
    probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence')],
    expect: { subject: `node/${victim.name}` },
    symptom: `tcpdump on ${victim.name} shows the packets coming in by ${victim.vtep.device}, the pod never gets them`,
  }),
  twins: [
    {
      name: 'strict everywhere, all ways symmetric',
      play: ({ nodes }) => ({
        make: nodes.map((node) => onNode(node, 'sysctl -w net.ipv4.conf.all.rp_filter=1')),
        unmake: nodes.map((node) => onNode(node, 'sysctl -w net.ipv4.conf.all.rp_filter=0')),
      }),
    },
    {
      name: 'the way is asymmetric and the filter loose: 2 on all wins over 1 on the device',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.address} dev ${victim.uplink}`),
          onNode(victim, 'sysctl -w net.ipv4.conf.all.rp_filter=2'),
          onNode(victim, `sysctl -w net/ipv4/conf/${victim.vtep.device}/rp_filter=1`),
        ],
        unmake: [
          onNode(victim, `sysctl -w net/ipv4/conf/${victim.vtep.device}/rp_filter=0`),
          onNode(victim, 'sysctl -w net.ipv4.conf.all.rp_filter=0'),
          onNode(victim, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${victim.vtep.device} onlink`),
        ],
      }),
    },
  ],
});
