import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

const put = (node: LabNode, value: string): Line => onEtcd(`etcdctl put --lease=${node.leaseId} ${node.leaseKey} '${value}'`);

/** The true value, and the entries that peers had before. */
const heal = ({ nodes, victim }: Cluster): readonly Line[] => [
  put(victim, victim.leaseValue),
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
      break: [put(victim, value)],
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
