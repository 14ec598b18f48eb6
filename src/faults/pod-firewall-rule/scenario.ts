import { type LabPod, onPod, scenario } from '#lab/vocabulary';

/** The first rule makes the table, which iptables-nft keeps; that of iptables-legacy nothing takes away. */
const withoutTable = (pod: LabPod) => onPod(pod, 'nft delete table ip filter');

export default scenario({
  fault: 'pod-firewall-rule',
  title: { en: 'a firewall rule inside a pod', zh: 'Pod 内部的防火墙规则' },
  play: ({ victim, peer }) => {
    const [pod] = victim.pods;
    return {
      break: [onPod(pod, `iptables -A INPUT -i ${pod.device} -j DROP`)],
      heal: [onPod(pod, `iptables -D INPUT -i ${pod.device} -j DROP`), withoutTable(pod)],
      probes: [
        { from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'silence' },
        { from: { node: victim.name }, to: pod.address, protocol: 'tcp', port: 8080, broken: 'silence' },
      ],
      expect: { subject: `pod/${victim.name}/${pod.netns}` },
      symptom: `${pod.name} does not answer, tcpdump on ${pod.veth} shows the requests`,
    };
  },
  variants: [
    {
      name: 'its OUTPUT policy is DROP',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          break: [onPod(pod, 'iptables -P OUTPUT DROP')],
          heal: [onPod(pod, 'iptables -P OUTPUT ACCEPT'), withoutTable(pod)],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'silence' }],
          expect: { subject: `pod/${victim.name}/${pod.netns}` },
        };
      },
    },
    {
      name: 'a table of native nftables inside it',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          break: [
            onPod(pod, 'nft add table inet own'),
            onPod(pod, "nft add chain inet own input '{ type filter hook input priority filter; }'"),
            onPod(pod, `nft add rule inet own input iifname ${pod.device} drop`),
          ],
          heal: [onPod(pod, 'nft delete table inet own')],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'icmp', broken: 'silence' }],
          expect: { subject: `pod/${victim.name}/${pod.netns}` },
        };
      },
    },
  ],
  twins: [
    {
      name: 'a rule of the pod drops a port that nobody asks',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          make: [onPod(pod, 'iptables -A INPUT -p tcp --dport 2323 -j DROP')],
          unmake: [onPod(pod, 'iptables -D INPUT -p tcp --dport 2323 -j DROP'), withoutTable(pod)],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'tcp', port: 8080 }],
        };
      },
    },
    {
      name: "a sidecar's chain looks at everything and returns",
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          make: [
            onPod(pod, 'iptables -N SIDECAR-IN'),
            onPod(pod, 'iptables -A SIDECAR-IN -p icmp -j RETURN'),
            onPod(pod, 'iptables -A SIDECAR-IN -p tcp --dport 8080 -j RETURN'),
            onPod(pod, 'iptables -I INPUT 1 -j SIDECAR-IN'),
          ],
          unmake: [
            onPod(pod, 'iptables -D INPUT -j SIDECAR-IN'),
            onPod(pod, 'iptables -F SIDECAR-IN'),
            onPod(pod, 'iptables -X SIDECAR-IN'),
            withoutTable(pod),
          ],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'tcp', port: 8080 }],
        };
      },
    },
  ],
});
