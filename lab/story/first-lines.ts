import type { Allowed } from '../world/allowed.ts';

/** What plays the parts that are not of the kernel. */
const STAND_INS = 'etcd (HTTP API), etcdctl, flanneld, dockerd, systemctl, journalctl, DNS, echo servers';

const nodeText = (): string => {
  const whose = process.env['LEADLINE_NODE'] === 'own' ? 'the one that the project brings' : 'the one of this machine';
  return `Node ${process.version}, ${whose}`;
};

/** The first lines of a story: which Node runs, live or replayed and why, and which parts are played by stand-ins. */
export function firstLines(allowed: Allowed): readonly string[] {
  if (!allowed.allowed) {
    return [
      `Leadline, replayed from recorded captures: ${allowed.reason}.`,
      `   ${nodeText()}; the captures are judged by the same code as live ones.`,
    ];
  }
  const who = process.getuid?.() === 0 ? 'as root, in namespaces of its own' : 'as an ordinary user, in namespaces of its own';
  return [
    `Leadline, live on this kernel, ${who}: nothing of this machine is touched, and nothing is left.`,
    `   ${nodeText()}. Real: the kernel's network, iproute2, iptables. Played by stand-ins: ${STAND_INS}.`,
  ];
}
