import { between, onNode, scenario } from '#lab/vocabulary';

const JUMP = 'POSTROUTING -m comment --comment "flanneld masq" -j FLANNEL-POSTRTG';

export default scenario({
  fault: 'flannel-docker-masq',
  title: { en: 'flanneld and Docker disagree about masquerading', zh: 'flanneld 与 Docker 的 SNAT 设置冲突' },
  play: ({ victim, peer, etcd }) => ({
    break: [onNode(victim, 'systemctl stop flanneld'), onNode(victim, `iptables -t nat -D ${JUMP}`)],
    heal: [onNode(victim, 'systemctl restart flanneld')],
    probes: [
      { from: { pod: victim.pods[0].name }, to: new URL(etcd.endpoint).hostname, protocol: 'icmp', broken: 'silence' },
      between(victim, peer, 'answers'),
    ],
    expect: { subject: `node/${victim.name}` },
    symptom: `pods on ${victim.name} reach other pods, and nothing outside the cluster`,
  }),
  variants: [
    {
      name: 'both masquerade: peers see the wrong sender',
      play: ({ victim, peer }) => {
        const rule = `POSTROUTING -s ${victim.subnet} ! -o ${victim.bridge} -j MASQUERADE`;
        return {
          break: [onNode(victim, `iptables -t nat -A ${rule}`)],
          heal: [onNode(victim, `iptables -t nat -D ${rule}`)],
          probes: [between(victim, peer, 'answers')],
          expect: { subject: `node/${victim.name}` },
        };
      },
    },
  ],
  twins: [
    {
      name: 'Docker masquerades another bridge of its own',
      play: ({ victim }) => {
        const rule = 'POSTROUTING -s 172.18.0.0/16 ! -o br-compose -j MASQUERADE';
        return { make: [onNode(victim, `iptables -t nat -A ${rule}`)], unmake: [onNode(victim, `iptables -t nat -D ${rule}`)] };
      },
    },
    {
      name: 'a rule masquerades only what leaves the pod network',
      play: ({ victim, network }) => {
        const rule = `POSTROUTING -s ${victim.subnet} ! -d ${network} -j MASQUERADE`;
        return { make: [onNode(victim, `iptables -t nat -A ${rule}`)], unmake: [onNode(victim, `iptables -t nat -D ${rule}`)] };
      },
    },
  ],
});
