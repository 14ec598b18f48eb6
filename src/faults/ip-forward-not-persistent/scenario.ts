import { onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'ip-forward-not-persistent',
  title: { en: 'forwarding is on only until the next reboot', zh: 'IP 转发重启后会失效' },
  play: ({ victim }) => ({
    break: [onNode(victim, 'mv /etc/sysctl.d/99-kubernetes.conf /etc/sysctl.d/99-kubernetes.conf.saved')],
    heal: [
      onNode(victim, 'mv /etc/sysctl.d/99-kubernetes.conf.saved /etc/sysctl.d/99-kubernetes.conf'),
      onNode(victim, 'rm -f /etc/sysctl.d/*leadline.conf'),
    ],
    probes: [],
    expect: { subject: `node/${victim.name}` },
  }),
  variants: [
    {
      name: '/etc/sysctl.conf says 0 and is read last',
      play: ({ victim }) => ({
        break: [onNode(victim, "echo 'net.ipv4.ip_forward = 0' >>/etc/sysctl.conf")],
        heal: [onNode(victim, "sed -i '/ip_forward/d' /etc/sysctl.conf"), onNode(victim, 'rm -f /etc/sysctl.d/*leadline.conf')],
        probes: [],
        expect: { subject: `node/${victim.name}` },
      }),
    },
  ],
  twins: [
    {
      name: 'an earlier file says 0, a later one 1',
      play: ({ victim }) => ({
        make: [onNode(victim, "echo 'net.ipv4.ip_forward = 0' >/etc/sysctl.d/10-hardening.conf")],
        unmake: [onNode(victim, 'rm -f /etc/sysctl.d/10-hardening.conf')],
      }),
    },
    {
      name: 'only the other name of the same setting is kept',
      play: ({ victim }) => ({
        make: [
          onNode(victim, "echo 'net.ipv4.conf.all.forwarding = 1' >/etc/sysctl.d/50-router.conf"),
          onNode(victim, 'mv /etc/sysctl.d/99-kubernetes.conf /etc/sysctl.d/99-kubernetes.conf.saved'),
        ],
        unmake: [
          onNode(victim, 'mv /etc/sysctl.d/99-kubernetes.conf.saved /etc/sysctl.d/99-kubernetes.conf'),
          onNode(victim, 'rm -f /etc/sysctl.d/50-router.conf'),
        ],
      }),
    },
  ],
});
