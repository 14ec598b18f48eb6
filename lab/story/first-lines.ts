import { askedComponents } from '../world/components.ts';
import type { Allowed } from '../world/allowed.ts';

/** What plays the parts that are not of the kernel. */
const STAND_INS = 'dockerd, systemctl, journalctl, DNS, echo servers';
const FLANNEL = 'etcd (its HTTP API), etcdctl, flanneld';

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
  const [real, played] =
    askedComponents() === 'real'
      ? [`the kernel's network, iproute2, iptables, etcd, etcdctl, flanneld`, STAND_INS]
      : [`the kernel's network, iproute2, iptables`, `${FLANNEL}, ${STAND_INS}`];
  const who = process.getuid?.() === 0 ? 'as root, in namespaces of its own' : 'as an ordinary user, in namespaces of its own';
  return [
    `Leadline, live on this kernel, ${who}: nothing of this machine is touched, and nothing is left.`,
    `   ${nodeText()}. Real: ${real}. Played by stand-ins: ${played}.`,
  ];
}
