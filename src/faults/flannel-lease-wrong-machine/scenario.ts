import { between, type Cluster, leaseLeftBehind, leasePut, type Line, onEtcd, onNode, scenario, secondPublicIp } from '#lab/vocabulary';

/** The true value, and the entries that peers had before. */
const heal = ({ nodes, victim }: Cluster): readonly Line[] => [
  leasePut(victim, victim.leaseValue),
  onEtcd('sleep 0.4'),
  ...nodes
    .filter(({ name }) => name !== victim.name)
    .map((node) => onNode(node, `bridge fdb replace ${victim.vtep.mac} dev ${node.vtep.device} dst ${victim.address} self permanent`)),
];

export default scenario({
  fault: 'flannel-lease-wrong-machine',
  title: { en: 'the lease of a node points to another, living machine', zh: '节点的租约指向了另一台在线机器' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const value = victim.leaseValue.replace(victim.address, other.address);
    return {
      break: [leasePut(victim, value)],
      heal: heal(cluster),
      probes: [
        between(peer, victim, 'silence'),
        between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `lease/${victim.subnet}` },
      symptom: `pods on ${victim.name} cannot be reached from other nodes since it got a new address`,
    };
  },
  variants: [
    {
      name: 'address and MAC are those of the other machine',
      play: (cluster) => {
        const { victim, peer, other } = cluster;
        const value = other.leaseValue;
        return {
          break: [leasePut(victim, value)],
          heal: heal(cluster),
          probes: [between(peer, victim, 'fails'), between(peer, other, 'answers')],
          expect: { subject: `lease/${victim.subnet}` },
        };
      },
    },
  ],
  twins: [secondPublicIp, leaseLeftBehind],
});
