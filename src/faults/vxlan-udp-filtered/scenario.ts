import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-udp-filtered',
  title: { en: "a node's firewall drops VXLAN", zh: '节点防火墙拦截了 VXLAN 报文' },
  play: ({ victim, peer, other }) => {
    const rule = `INPUT -p udp --dport ${victim.vtep.port} -j DROP`;
    return {
      break: [onNode(victim, `iptables -I ${rule}`)],
      heal: [onNode(victim, `iptables -D ${rule}`)],
      probes: [
        between(peer, victim, 'silence'),
        between(victim, other, 'silence', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `node/${victim.name}` },
      symptom: `after the firewall was switched on, pods on ${victim.name} are cut off; ping and ssh to the node work`,
    };
  },
  variants: [
    {
      name: 'the policy of INPUT is DROP, and VXLAN was forgotten',
      play: ({ victim, peer }) => ({
        break: [
          onNode(victim, 'iptables -I INPUT -p icmp -j ACCEPT'),
          onNode(victim, 'iptables -I INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
          onNode(victim, 'iptables -P INPUT DROP'),
        ],
        heal: [
          onNode(victim, 'iptables -P INPUT ACCEPT'),
          onNode(victim, 'iptables -D INPUT -p icmp -j ACCEPT'),
          onNode(victim, 'iptables -D INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT'),
        ],
        probes: [between(peer, victim, 'silence')],
        expect: { subject: `node/${victim.name}` },
      }),
    },
    {
      name: 'a node lets no VXLAN out to one peer',
      play: ({ victim, peer, other }) => {
        const rule = `OUTPUT -d ${victim.address} -p udp --dport ${peer.vtep.port} -j DROP`;
        return {
          break: [onNode(peer, `iptables -I ${rule}`)],
          heal: [onNode(peer, `iptables -D ${rule}`)],
          probes: [between(peer, victim, 'fails'), between(peer, other, 'answers'), between(other, victim, 'answers')],
          expect: { subject: `node/${peer.name}` },
        };
      },
    },
    {
      name: 'a native table with the policy drop, and VXLAN was forgotten',
      play: ({ victim, peer }) => ({
        break: [
          onNode(victim, 'nft add table inet filter'),
          onNode(victim, "nft add chain inet filter input '{ type filter hook input priority filter; policy accept; }'"),
          onNode(victim, 'nft add rule inet filter input ct state established,related accept'),
          onNode(victim, "nft add rule inet filter input meta l4proto '{ icmp, tcp }' accept"),
          onNode(victim, `nft add rule inet filter input udp dport != ${victim.vtep.port} accept`),
          onNode(victim, "nft chain inet filter input '{ policy drop; }'"),
        ],
        heal: [onNode(victim, 'nft delete table inet filter')],
        probes: [between(peer, victim, 'silence')],
        expect: { subject: `node/${victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'VXLAN from a foreign network is dropped',
      play: ({ victim }) => {
        const rule = `INPUT -s 203.0.113.0/24 -p udp --dport ${victim.vtep.port} -j DROP`;
        return { make: [onNode(victim, `iptables -I ${rule}`)], unmake: [onNode(victim, `iptables -D ${rule}`)] };
      },
    },
    {
      name: 'the VXLAN port that this cluster does not use is dropped',
      play: ({ victim }) => {
        const rule = `INPUT -p udp --dport ${victim.vtep.port === 8472 ? 4789 : 8472} -j DROP`;
        return { make: [onNode(victim, `iptables -I ${rule}`)], unmake: [onNode(victim, `iptables -D ${rule}`)] };
      },
    },
  ],
});
