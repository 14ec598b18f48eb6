import { between, type Cluster, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

const OLD = '02:de:ad:00:43:01';

const number = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const text = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The prefix of a length that holds the victim's subnet. */
const around = ({ victim }: Cluster, length: number): string => {
  const size = 2 ** (32 - length);
  return text(Math.floor(number(victim.vtepAddress) / size) * size);
};

/** An address of the underlay that no machine has. */
const nobody = ({ nodes }: Cluster): string => (nodes.at(-1)?.address ?? '').replace(/\d+$/, (last) => `${Number(last) + 1}`);

const put = (cluster: Cluster, subnet: string, length: number): Line => {
  const { victim, etcd } = cluster;
  const value = victim.leaseValue.replace(victim.address, nobody(cluster)).replace(victim.vtep.mac, OLD);
  return onEtcd(`etcdctl put ${etcd.prefix}/subnets/${subnet}-${length} '${value}'`);
};

const heal = (cluster: Cluster, subnet: string, length: number): readonly Line[] => [
  onEtcd(`etcdctl del ${cluster.etcd.prefix}/subnets/${subnet}-${length}`),
  onEtcd('sleep 0.4'),
  ...cluster.nodes.map((node) => onNode(node, 'systemctl restart flanneld')),
  ...cluster.nodes.map((node) => onNode(node, `ip neigh del ${nobody(cluster)} dev ${node.uplink}`)),
];

/** The shortest prefix around the victim's subnet that begins elsewhere, so that it shares no neighbour entry with it. */
function wider(cluster: Cluster): { readonly subnet: string; readonly length: number } {
  const { victim } = cluster;
  for (let length = victim.subnetLength - 1; length > 8; length--) {
    const subnet = around(cluster, length);
    if (subnet !== victim.vtepAddress) return { subnet, length };
  }
  return { subnet: around(cluster, 8), length: 8 };
}

export default scenario({
  fault: 'flannel-subnet-overlap',
  title: { en: 'a left-over lease overlaps a living one', zh: '遗留租约与在用子网重叠' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const length = victim.subnetLength + 1;
    return {
      break: [put(cluster, victim.vtepAddress, length)],
      heal: heal(cluster, victim.vtepAddress, length),
      probes: [
        between(peer, victim, 'fails'),
        between(other, victim, 'fails', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `lease/${victim.vtepAddress}/${length}` },
      // the machine of the left-over lease is gone, and that is told of it too
      besides: [`node-unreachable node/${nobody(cluster)}`],
      symptom: `pods on ${victim.name} cannot be reached although its lease is right`,
    };
  },
  twins: [
    {
      name: 'a wider lease of a machine that is gone lies around it',
      play: (cluster) => {
        const { subnet, length } = wider(cluster);
        return { make: [put(cluster, subnet, length)], unmake: heal(cluster, subnet, length) };
      },
    },
    {
      name: 'a lease is left of a subnet that nobody lives in',
      play: (cluster) => {
        const subnet = cluster.victim.vtepAddress.replace(/\.\d+\.\d+$/, '.255.0');
        return { make: [put(cluster, subnet, cluster.victim.subnetLength)], unmake: heal(cluster, subnet, cluster.victim.subnetLength) };
      },
    },
  ],
});
