import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

const put = (node: LabNode, value: string): Line => onEtcd(`etcdctl put --lease=${node.leaseId} ${node.leaseKey} '${value}'`);

/** The true value, and the entries that peers had before. */
const heal = ({ nodes, victim }: Cluster): readonly Line[] => [
  put(victim, victim.leaseValue),
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
      break: [put(victim, value)],
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
          break: [put(victim, value)],
          heal: heal(cluster),
          probes: [between(peer, victim, 'fails'), between(peer, other, 'answers')],
          expect: { subject: `lease/${victim.subnet}` },
        };
      },
    },
  ],
  twins: [
    {
      name: "PublicIP is a second address of the node's own",
      play: ({ victim }) => {
        const second = victim.address.replace(/\d+$/, (last) => `${Number(last) + 30}`);
        return {
          make: [
            onNode(victim, `ip addr add ${second}/32 dev ${victim.uplink}`),
            put(victim, victim.leaseValue.replace(victim.address, second)),
          ],
          unmake: [put(victim, victim.leaseValue), onEtcd('sleep 0.4'), onNode(victim, `ip addr del ${second}/32 dev ${victim.uplink}`)],
        };
      },
    },
    {
      name: 'a lease is left of a machine that is gone, and nobody lives in its subnet',
      play: ({ victim, etcd }) => {
        const key = `${etcd.prefix}/subnets/${victim.vtepAddress.replace(/\.\d+\.\d+$/, '.255.0')}-${victim.subnetLength}`;
        const value = victim.leaseValue
          .replace(victim.address, victim.address.replace(/\d+$/, '61'))
          .replace(victim.vtep.mac, '02:de:ad:00:42:01');
        return { make: [onEtcd(`etcdctl put ${key} '${value}'`)], unmake: [onEtcd(`etcdctl del ${key}`)] };
      },
    },
  ],
});
