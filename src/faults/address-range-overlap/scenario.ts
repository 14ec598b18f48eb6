import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

const BRIDGE = 'br-5e1f0c2d9a47';

/** As `docker network create` makes a bridge. */
const network = (node: LabNode, cidr: string) => [
  onNode(node, `ip link add ${BRIDGE} type bridge`),
  onNode(node, `ip addr add ${cidr} brd + dev ${BRIDGE}`),
  onNode(node, `ip link add dkr0 type veth peer name dkr1`),
  onNode(node, `ip link set dkr0 master ${BRIDGE}`),
  onNode(node, 'ip link set dkr0 up'),
  onNode(node, 'ip link set dkr1 up'),
  onNode(node, `ip link set ${BRIDGE} up`),
  // as on every device of the lab: three requests tell within a second that nobody answers
  onNode(node, `ip ntable change name arp_cache dev ${BRIDGE} retrans 300`),
];

const gone = (node: LabNode) => [onNode(node, 'ip link del dkr0'), onNode(node, `ip link del ${BRIDGE}`)];

/** The range of eight addresses that an address lies in. */
const eight = (address: string): string => address.replace(/\d+$/, (last) => `${Number(last) & ~7}`);

/** An address beside a machine's own, of the same eight, that no machine has. */
function beside({ nodes }: Cluster, address: string): string {
  const own = new Set(nodes.map((node) => node.address));
  const all = [6, 5, 4, 3, 2, 1].map((place) => eight(address).replace(/\d+$/, (last) => `${Number(last) + place}`));
  const free = all.find((one) => !own.has(one));
  if (free === undefined) throw new Error('machines have all of the eight addresses');
  return free;
}

const OLD = '02:de:ad:00:43:02';

/** An address of the underlay that no machine has. */
const nobody = ({ nodes }: Cluster): string => (nodes.at(-1)?.address ?? '').replace(/\d+$/, (last) => `${Number(last) + 9}`);

/** The pair of addresses that one lies in. */
const pair = (address: string): string => address.replace(/\d+$/, (last) => `${Number(last) & ~1}`);

/** A lease of a machine that is gone, over a pair of addresses of the underlay. */
function leased(cluster: Cluster, address: string): { readonly made: readonly Line[]; readonly gone: readonly Line[] } {
  const { etcd, victim, nodes } = cluster;
  const key = `${etcd.prefix}/subnets/${pair(address)}-31`;
  const value = victim.leaseValue.replace(victim.address, nobody(cluster)).replace(victim.vtep.mac, OLD);
  return {
    made: [onEtcd(`etcdctl put ${key} '${value}'`)],
    gone: [
      onEtcd(`etcdctl del ${key}`),
      onEtcd('sleep 0.4'),
      ...nodes.map((node) => onNode(node, `ip neigh flush to ${nobody(cluster)} dev ${node.uplink}`)),
    ],
  };
}

export default scenario({
  fault: 'address-range-overlap',
  title: { en: "a docker network has the range of a peer's pods", zh: 'docker 网络占用了对端 Pod 的网段' },
  play: ({ victim, peer }) => ({
    break: network(victim, `${eight(peer.pods[0].address).replace(/\d+$/, (last) => `${Number(last) + 6}`)}/29`),
    heal: gone(victim),
    probes: [between(victim, peer, 'fails'), between(peer, victim, 'fails')],
    expect: { subject: `device/${victim.name}/${BRIDGE}` },
    symptom: `after docker compose up on ${victim.name} its pods do not reach those of ${peer.name}`,
  }),
  variants: [
    {
      name: "it has the address of a peer's machine",
      play: (cluster) => {
        const { victim, peer } = cluster;
        return {
          break: network(victim, `${beside(cluster, peer.address)}/29`),
          heal: gone(victim),
          probes: [between(victim, peer, 'fails'), between(peer, victim, 'fails')],
          expect: { subject: `device/${victim.name}/${BRIDGE}` },
        };
      },
    },
    {
      name: "a lease of the pod network lies over a machine's own address",
      play: (cluster) => {
        const { victim, peer } = cluster;
        const { made, gone: deleted } = leased(cluster, victim.address);
        return {
          break: made,
          heal: deleted,
          probes: [between(peer, victim, 'fails'), { from: { node: peer.name }, to: victim.address, protocol: 'icmp', broken: 'fails' }],
          expect: { subject: `lease/${pair(victim.address)}/31` },
          besides: [`node-unreachable node/${nobody(cluster)}`],
          symptom: `since a new node joined, ${victim.name} is NotReady and its pods cannot be reached`,
        };
      },
    },
  ],
  twins: [
    {
      name: 'a lease lies over addresses of the underlay that no machine has',
      play: (cluster) => {
        const { made, gone: deleted } = leased(
          cluster,
          nobody(cluster).replace(/\d+$/, (last) => `${Number(last) + 8}`),
        );
        return { make: made, unmake: deleted };
      },
    },
    {
      name: 'a docker network with a range of its own',
      play: ({ victim }) => ({ make: network(victim, '172.29.0.1/16'), unmake: gone(victim) }),
    },
    {
      name: 'its range holds the pod network, and every route of a peer is longer',
      play: ({ victim, network: pods }) => ({ make: network(victim, pods.replace(/\.\d+\/\d+$/, '.250/12')), unmake: gone(victim) }),
    },
    {
      name: 'its range holds the address of a Service, which is rewritten before anyone looks for it',
      play: ({ victim, services }) => ({
        make: network(victim, '10.96.31.1/24'),
        unmake: gone(victim),
        probes: services
          .filter(({ name }) => name === 'default/web:http')
          .map(({ clusterIp }) => ({ from: { node: victim.name }, to: clusterIp, protocol: 'tcp', port: 80, times: 20 })),
      }),
    },
    {
      name: 'its range overlaps, and the bridge is down',
      play: ({ victim, peer }) => ({
        make: [
          ...network(victim, `${eight(peer.pods[0].address).replace(/\d+$/, (last) => `${Number(last) + 6}`)}/29`),
          onNode(victim, `ip link set ${BRIDGE} down`),
        ],
        unmake: gone(victim),
      }),
    },
  ],
});
