import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'ip-forward-off',
  title: { en: 'a node forwards nothing', zh: '节点没有开启 IP 转发' },
  play: ({ victim, peer }) => ({
    break: [onNode(victim, 'sysctl -w net.ipv4.ip_forward=0')],
    heal: [onNode(victim, 'sysctl -w net.ipv4.ip_forward=1')],
    probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 })],
    expect: { subject: `node/${victim.name}` },
    symptom: `pods on ${victim.name} cannot be reached from other nodes, the node itself answers ping`,
  }),
  variants: [
    {
      name: 'only the pod bridge does not forward',
      play: ({ victim, peer }) => ({
        break: [onNode(victim, `sysctl -w net.ipv4.conf.${victim.bridge}.forwarding=0`)],
        heal: [onNode(victim, `sysctl -w net.ipv4.conf.${victim.bridge}.forwarding=1`)],
        probes: [between(victim, peer, 'silence')],
        expect: { subject: `node/${victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'ip_forward is 0, and every device forwards by its own switch',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, 'sysctl -w net.ipv4.ip_forward=0'),
          ...[victim.bridge, victim.vtep.device, victim.uplink].map((device) =>
            onNode(victim, `sysctl -w net/ipv4/conf/${device}/forwarding=1`),
          ),
        ],
        unmake: [onNode(victim, 'sysctl -w net.ipv4.ip_forward=0'), onNode(victim, 'sysctl -w net.ipv4.ip_forward=1')],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }],
      }),
    },
    {
      name: 'devices that nothing is forwarded from are switched off',
      play: ({ victim }) => ({
        make: [onNode(victim, 'sysctl -w net.ipv4.conf.lo.forwarding=0'), onNode(victim, 'sysctl -w net.ipv4.conf.default.forwarding=0')],
        unmake: [onNode(victim, 'sysctl -w net.ipv4.conf.lo.forwarding=1'), onNode(victim, 'sysctl -w net.ipv4.conf.default.forwarding=1')],
      }),
    },
  ],
});
