import { between, onNode, scenario } from '#lab/vocabulary';

const JUMP = 'FORWARD -m comment --comment "flanneld forward" -j FLANNEL-FWD';

const UNIT = '/etc/systemd/system/flanneld.service';
const MASQ = '-ip-masq=true';
const NO_RULES = '-iptables-forward-rules=false';

export default scenario({
  fault: 'forward-policy-drop',
  title: { en: 'the policy of FORWARD drops pod packets', zh: 'FORWARD 链默认策略丢弃 Pod 流量' },
  play: ({ victim, peer }) => ({
    // flanneld puts its own accepting rules back every few seconds, unless it was told to leave FORWARD alone
    break: [
      onNode(victim, `sed -i 's/${MASQ}/${MASQ} ${NO_RULES}/' ${UNIT}`),
      onNode(victim, 'systemctl daemon-reload'),
      onNode(victim, 'systemctl restart flanneld'),
      onNode(victim, `iptables -D ${JUMP}`),
      onNode(victim, 'iptables -P FORWARD DROP'),
    ],
    heal: [
      onNode(victim, 'iptables -P FORWARD ACCEPT'),
      onNode(victim, `sed -i 's/ ${NO_RULES}//' ${UNIT}`),
      onNode(victim, 'systemctl daemon-reload'),
      onNode(victim, 'systemctl restart flanneld'),
      onNode(victim, `iptables -C ${JUMP} || iptables -A ${JUMP}`),
    ],
    probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 })],
    expect: { subject: `node/${victim.name}` },
    symptom: `after docker was upgraded on ${victim.name}, its pods time out from other nodes`,
  }),
  variants: [
    {
      name: 'a table of native nftables has the policy',
      play: ({ victim, peer }) => ({
        break: [
          onNode(victim, 'nft add table inet filter'),
          onNode(victim, "nft add chain inet filter forward '{ type filter hook forward priority filter; policy drop; }'"),
          onNode(victim, 'nft add rule inet filter forward ct state invalid drop'),
        ],
        heal: [onNode(victim, 'nft delete table inet filter')],
        probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 })],
        expect: { subject: `node/${victim.name}` },
        symptom: `nftables.service was enabled on ${victim.name}; FLANNEL-FWD accepts, and its pods time out all the same`,
      }),
    },
  ],
  twins: [
    {
      name: 'a table of native nftables has the policy, and accepts the pod network before it',
      play: ({ victim, peer, network }) => ({
        make: [
          onNode(victim, 'nft add table inet filter'),
          onNode(victim, "nft add chain inet filter forward '{ type filter hook forward priority filter; policy accept; }'"),
          onNode(victim, `nft add rule inet filter forward ip saddr ${network} accept`),
          onNode(victim, `nft add rule inet filter forward ip daddr ${network} accept`),
          onNode(victim, "nft chain inet filter forward '{ policy drop; }'"),
        ],
        unmake: [onNode(victim, 'nft delete table inet filter')],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'tcp', port: 8080 }],
      }),
    },
    {
      name: 'the policy is DROP, and FLANNEL-FWD accepts the pod network before it',
      play: ({ victim, peer }) => ({
        make: [onNode(victim, 'iptables -P FORWARD DROP')],
        unmake: [onNode(victim, 'iptables -P FORWARD ACCEPT')],
        probes: [{ from: { pod: peer.pods[0].name }, to: victim.pods[0].address, protocol: 'icmp' }],
      }),
    },
    {
      name: 'the policy is DROP, and rules by device accept what flannel does not',
      play: ({ victim, peer }) => ({
        make: [
          onNode(victim, `iptables -A FORWARD -i ${victim.bridge} -j ACCEPT`),
          onNode(victim, `iptables -A FORWARD -o ${victim.bridge} -j ACCEPT`),
          onNode(victim, `iptables -D ${JUMP}`),
          onNode(victim, 'iptables -P FORWARD DROP'),
        ],
        unmake: [
          onNode(victim, 'iptables -P FORWARD ACCEPT'),
          onNode(victim, `iptables -C ${JUMP} || iptables -A ${JUMP}`),
          onNode(victim, `iptables -D FORWARD -i ${victim.bridge} -j ACCEPT`),
          onNode(victim, `iptables -D FORWARD -o ${victim.bridge} -j ACCEPT`),
        ],
        probes: [{ from: { pod: victim.pods[0].name }, to: peer.pods[0].address, protocol: 'tcp', port: 8080 }],
      }),
    },
  ],
});
