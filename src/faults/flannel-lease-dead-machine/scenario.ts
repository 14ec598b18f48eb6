import { between, type Cluster, leaseLeftBehind, leasePut, type Line, onEtcd, onNode, scenario, secondPublicIp } from '#lab/vocabulary';

/** The true value, and the entries that peers had before. */
const heal = ({ nodes, victim }: Cluster): readonly Line[] => [
  leasePut(victim, victim.leaseValue),
  onEtcd('sleep 0.4'),
  ...nodes
    .filter(({ name }) => name !== victim.name)
    .map((node) => onNode(node, `bridge fdb del 02:de:ad:00:41:07 dev ${node.vtep.device}`)),
];

/** The highest address of the underlay's last octet that no machine of the lab has. */
function unused({ nodes, underlay }: Cluster): string {
  const prefix = victimPrefix(nodes[0]?.address ?? '');
  const taken = new Set([underlay.gateway, ...nodes.map(({ address }) => address)]);
  const last = Number((nodes.at(-1)?.address ?? '').split('.')[3]);
  const free = [last + 1, last + 2, last + 3].map((one) => `${prefix}.${one}`).find((one) => !taken.has(one));
  return free ?? underlay.gateway;
}

const victimPrefix = (address: string): string => address.split('.').slice(0, 3).join('.');

export default scenario({
  fault: 'flannel-lease-dead-machine',
  title: { en: 'the lease of a node still points to a dead machine', zh: '节点的租约仍指向已下线的机器' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const gone = unused(cluster);
    const value = victim.leaseValue.replace(victim.address, gone).replace(victim.vtep.mac, '02:de:ad:00:41:07');
    return {
      break: [leasePut(victim, value)],
      heal: heal(cluster),
      probes: [
        between(peer, victim, 'fails'),
        between(other, victim, 'fails', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `lease/${victim.subnet}` },
      // the machine that the lease names is gone, and that is told of it too
      besides: [`node-unreachable node/${gone}`],
      symptom: `pods on ${victim.name} cannot be reached from other nodes since it got a new address`,
    };
  },
  twins: [secondPublicIp, leaseLeftBehind],
});
