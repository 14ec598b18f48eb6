import { type Cluster, type LabNode, type Line, onApi, onEtcd, onNode, scenario } from '#lab/vocabulary';

const DEVICE = 'kube-ipvs0';
const NAME = 'default/web:http';

/** Of the first three nodes each has an endpoint; the first one announces the address, the fourth has nothing to do with it. */
const leader = ({ nodes }: Cluster): LabNode => nodes[0] as LabNode;
const stranger = ({ nodes }: Cluster): LabNode => nodes[3] as LabNode;

const web = ({ services }: Cluster) => services.find(({ name }) => name === NAME);

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const textOf = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** An address near the end of the underlay's range, where no machine is. */
const vipOf = (cluster: Cluster): string => {
  const { address, addressLength } = leader(cluster);
  const size = 2 ** (32 - addressLength);
  return textOf(Math.floor(numberOf(address) / size) * size + size - 3);
};
/** One of another range, as BGP announces them. */
const ROUTED = '203.0.113.240';

const published = (cluster: Cluster, vip: string, policy: 'Local' | 'Cluster'): Line =>
  onApi(
    `kubectl -n default patch service web -p '{"metadata":{"annotations":{"kube-vip.io/vipHost":"${leader(cluster).name}"}},"spec":{"type":"LoadBalancer","externalTrafficPolicy":"${policy}","allocateLoadBalancerNodePorts":false},"status":{"loadBalancer":{"ingress":[{"ip":"${vip}","ipMode":"VIP"}]}}}'`,
  );
const WITHDRAWN = onApi(
  `kubectl -n default patch service web -p '{"metadata":{"annotations":null},"spec":{"type":"ClusterIP","externalTrafficPolicy":null,"allocateLoadBalancerNodePorts":null},"status":{"loadBalancer":{"ingress":null}}}'`,
);
/** Longer than every kube-proxy of the lab takes to follow: nodes lead clients outside to their own endpoints, or drop them (Local). */
const FOLLOWED = onApi('sleep 0.8');

const served = (cluster: Cluster, vip = vipOf(cluster), policy: 'Local' | 'Cluster' = 'Local'): readonly Line[] => [
  published(cluster, vip, policy),
  FOLLOWED,
];

/** IPVS mode's device; a bridge without ports stands in for the dummy device, which not every kernel has. */
const ipvs = (node: LabNode, vip: string): readonly Line[] => [
  onNode(node, `ip link add ${DEVICE} type bridge`),
  onNode(node, `ip addr add ${vip}/32 dev ${DEVICE}`),
];
const announced = (node: LabNode, vip: string): Line => onNode(node, `ip addr add ${vip}/32 dev ${node.uplink}`);

/** A machine outside asks for the address by ARP: the stranger's MAC address is the answer, or there is none. */
function asked(cluster: Cluster, expected: 'answers' | 'keeps quiet'): Line {
  const [vip, { uplinkMac }] = [vipOf(cluster), stranger(cluster)];
  const dev = `dev $(ip -o route get ${vip} | sed 's/.* dev \\([^ ]*\\).*/\\1/')`;
  const heard = `ip neigh show ${vip} | grep -qi ${uplinkMac}`;
  return onEtcd(
    `ip neigh replace ${vip} ${dev} use; sleep 0.4; ${heard}; said=$?; ip neigh del ${vip} ${dev}; [ $said ${expected === 'answers' ? '-eq' : '-ne'} 0 ]`,
  );
}

const gone = (cluster: Cluster): readonly Line[] => [
  WITHDRAWN,
  FOLLOWED,
  onNode(stranger(cluster), `ip link del ${DEVICE}`),
  ...[leader(cluster), stranger(cluster)].map((node) => onNode(node, `ip addr del ${vipOf(cluster)}/32 dev ${node.uplink}`)),
  onNode(stranger(cluster), 'sysctl -w net.ipv4.conf.all.arp_ignore=0'),
  onNode(stranger(cluster), 'sysctl -w net.ipv4.conf.all.arp_announce=0'),
];

/** Inside the cluster nobody notices. */
const inside = (cluster: Cluster) =>
  ({
    from: { pod: stranger(cluster).pods[0].name },
    to: web(cluster)?.clusterIp ?? '',
    protocol: 'tcp',
    port: 80,
    times: 10,
    broken: 'answers',
  }) as const;

export default scenario({
  fault: 'vip-answers-arp',
  title: { en: 'a node answers ARP for an address that it does not serve', zh: '节点对不归它服务的地址应答 ARP' },
  play: (cluster) => ({
    break: [
      ...served(cluster),
      ...ipvs(stranger(cluster), vipOf(cluster)),
      asked(cluster, 'answers'),
      announced(leader(cluster), vipOf(cluster)),
    ],
    heal: gone(cluster),
    probes: [inside(cluster)],
    expect: { subject: `address/${vipOf(cluster)}` },
    symptom: `some clients outside time out at ${vipOf(cluster)}:80; their ARP cache has the MAC address of ${stranger(cluster).name}`,
  }),
  variants: [
    {
      name: 'a former leader kept it on its uplink',
      play: (cluster) => ({
        break: [
          ...served(cluster),
          announced(stranger(cluster), vipOf(cluster)),
          asked(cluster, 'answers'),
          announced(leader(cluster), vipOf(cluster)),
        ],
        heal: gone(cluster),
        probes: [inside(cluster)],
        expect: { subject: `address/${vipOf(cluster)}` },
      }),
    },
  ],
  twins: [
    {
      name: 'it is on kube-ipvs0 of another node too, which answers for its uplink alone (strictARP)',
      play: (cluster) => ({
        make: [
          onNode(stranger(cluster), 'sysctl -w net.ipv4.conf.all.arp_ignore=1'),
          onNode(stranger(cluster), 'sysctl -w net.ipv4.conf.all.arp_announce=2'),
          ...served(cluster),
          ...ipvs(stranger(cluster), vipOf(cluster)),
          asked(cluster, 'keeps quiet'),
          announced(leader(cluster), vipOf(cluster)),
        ],
        unmake: gone(cluster),
      }),
    },
    {
      name: 'two nodes answer, and both lead clients to an endpoint (policy Cluster)',
      play: (cluster) => ({
        make: [
          ...served(cluster, vipOf(cluster), 'Cluster'),
          ...ipvs(stranger(cluster), vipOf(cluster)),
          announced(leader(cluster), vipOf(cluster)),
        ],
        unmake: gone(cluster),
      }),
    },
    {
      name: 'the address is of another range, to which a router leads',
      play: (cluster) => ({ make: [...served(cluster, ROUTED), ...ipvs(stranger(cluster), ROUTED)], unmake: gone(cluster) }),
    },
  ],
  needs: { minNodes: 4, api: true, balancer: true },
});
