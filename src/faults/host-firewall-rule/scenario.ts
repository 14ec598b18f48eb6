import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'host-firewall-rule',
  title: { en: 'a firewall rule of the host kills pod traffic', zh: '主机防火墙规则拦截了 Pod 流量' },
  play: ({ victim, peer, network }) => ({
    break: [
      onNode(
        victim,
        `iptables -I FORWARD 1 -s ${network} ! -i ${victim.bridge} -d ${victim.subnet} -m comment --comment "no foreign traffic" -j DROP`,
      ),
    ],
    heal: [
      onNode(
        victim,
        `iptables -D FORWARD -s ${network} ! -i ${victim.bridge} -d ${victim.subnet} -m comment --comment "no foreign traffic" -j DROP`,
      ),
    ],
    probes: [between(peer, victim, 'silence'), between(peer, victim, 'silence', { protocol: 'tcp', port: 8080 })],
    expect: { subject: `node/${victim.name}` },
    symptom: `after the hardening of ${victim.name} its pods time out from other nodes`,
  }),
  variants: [
    {
      name: 'ufw rejects what its chain does not know',
      play: ({ victim, peer }) => ({
        break: [
          onNode(victim, 'iptables -N ufw-before-forward'),
          onNode(victim, `iptables -A ufw-before-forward -o ${victim.bridge} -j REJECT --reject-with icmp-port-unreachable`),
          onNode(victim, 'iptables -I FORWARD 1 -j ufw-before-forward'),
        ],
        heal: [
          onNode(victim, 'iptables -D FORWARD -j ufw-before-forward'),
          onNode(victim, 'iptables -F ufw-before-forward'),
          onNode(victim, 'iptables -X ufw-before-forward'),
        ],
        probes: [between(peer, victim, 'fails')],
        expect: { subject: `node/${victim.name}` },
      }),
    },
    {
      name: 'the raw table drops what comes out of the tunnel',
      play: ({ victim, peer }) => ({
        break: [onNode(victim, `iptables -t raw -I PREROUTING 1 -i ${victim.vtep.device} -j DROP`)],
        heal: [onNode(victim, `iptables -t raw -D PREROUTING -i ${victim.vtep.device} -j DROP`)],
        probes: [between(peer, victim, 'silence')],
        expect: { subject: `node/${victim.name}` },
      }),
    },
    {
      name: 'a rule in a table of native nftables',
      play: ({ victim, peer, network }) => ({
        break: [
          onNode(victim, 'nft add table inet hardening'),
          onNode(victim, "nft add chain inet hardening forward '{ type filter hook forward priority 10; policy accept; }'"),
          onNode(victim, "nft add rule inet hardening forward tcp dport '{ 23, 25 }' counter drop"),
          onNode(
            victim,
            `nft add rule inet hardening forward ip saddr ${network} iifname != ${victim.bridge} ip daddr ${victim.subnet} counter drop`,
          ),
          onNode(victim, 'nft add rule inet hardening forward counter'),
        ],
        heal: [onNode(victim, 'nft delete table inet hardening')],
        probes: [between(peer, victim, 'silence'), between(peer, victim, 'silence', { protocol: 'tcp', port: 8080 })],
        expect: { subject: `node/${victim.name}` },
        symptom: `iptables-save on ${victim.name} shows no rule that drops anything`,
      }),
    },
  ],
  twins: [
    {
      name: 'native nftables drops what the cluster does not send',
      play: ({ victim }) => ({
        make: [
          onNode(victim, 'nft add table inet hardening'),
          onNode(victim, "nft add chain inet hardening forward '{ type filter hook forward priority 10; policy accept; }'"),
          onNode(victim, "nft add rule inet hardening forward tcp dport '{ 23, 25 }' drop"),
          onNode(victim, 'nft add rule inet hardening forward ip saddr 203.0.113.0/24 reject'),
        ],
        unmake: [onNode(victim, 'nft delete table inet hardening')],
      }),
    },
    {
      name: 'rules drop ports and networks that the cluster does not use',
      play: ({ victim }) => ({
        make: [
          onNode(victim, 'iptables -I INPUT 1 -p tcp --dport 23 -j DROP'),
          onNode(victim, 'iptables -I FORWARD 1 -s 203.0.113.0/24 -j DROP'),
          onNode(victim, 'iptables -I OUTPUT 1 -p tcp --dport 25 -j REJECT'),
        ],
        unmake: [
          onNode(victim, 'iptables -D INPUT -p tcp --dport 23 -j DROP'),
          onNode(victim, 'iptables -D FORWARD -s 203.0.113.0/24 -j DROP'),
          onNode(victim, 'iptables -D OUTPUT -p tcp --dport 25 -j REJECT'),
        ],
      }),
    },
    {
      name: 'a rule that drops everything stands behind the rules that accept pod traffic',
      play: ({ victim }) => ({
        make: [onNode(victim, 'iptables -A FORWARD -j DROP')],
        unmake: [onNode(victim, 'iptables -D FORWARD -j DROP')],
      }),
    },
  ],
});
