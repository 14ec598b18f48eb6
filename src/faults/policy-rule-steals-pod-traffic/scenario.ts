import { between, type Cluster, type LabNode, onNode, scenario } from '#lab/vocabulary';

const VPN = 'vpn0';

/** A VPN's device, behind which nobody answers for addresses of the cluster. */
const device = (node: LabNode) => [
  onNode(node, `ip link add ${VPN} type bridge`),
  onNode(node, 'ip link add vpn1 type veth peer name vpn2'),
  onNode(node, `ip link set vpn1 master ${VPN}`),
  onNode(node, 'ip link set vpn1 up'),
  onNode(node, 'ip link set vpn2 up'),
  onNode(node, `ip link set ${VPN} up`),
  onNode(node, `ip addr add 172.29.77.2/24 brd + dev ${VPN}`),
  // as on every device of the lab: three requests tell within a second that nobody answers
  onNode(node, `ip ntable change name arp_cache dev ${VPN} retrans 300`),
];
const gone = (node: LabNode) => [onNode(node, 'ip link del vpn1'), onNode(node, `ip link del ${VPN}`)];

const both = ({ victim, peer }: Cluster) => [between(victim, peer, 'fails'), between(peer, victim, 'fails')];
const subject = ({ victim }: Cluster) => ({ subject: `node/${victim.name}` });
const apiServer = ({ services }: Cluster): string => services.find(({ name }) => name === 'default/kubernetes:https')?.clusterIp ?? '';

export default scenario({
  fault: 'policy-rule-steals-pod-traffic',
  title: { en: "a VPN's policy rule takes pod traffic", zh: 'VPN 的策略路由规则抢走 Pod 流量' },
  play: (cluster) => ({
    break: [
      ...device(cluster.victim),
      onNode(cluster.victim, `ip route add ${cluster.network} dev ${VPN} table 52`),
      onNode(cluster.victim, 'ip rule add lookup 52 priority 5270'),
    ],
    heal: [onNode(cluster.victim, 'ip rule del priority 5270'), ...gone(cluster.victim)],
    probes: both(cluster),
    expect: subject(cluster),
    symptom: `since the VPN client runs on ${cluster.victim.name} its pods do not reach those of other nodes, though \`ip route\` shows the right routes`,
  }),
  variants: [
    {
      name: 'a rule for the pods leads by a machine that sees one direction only',
      play: (cluster) => ({
        break: [
          onNode(cluster.victim, `ip route add default via ${cluster.other.address} dev ${cluster.victim.uplink} table 100`),
          onNode(cluster.victim, `ip rule add from ${cluster.victim.subnet} lookup 100 priority 1000`),
        ],
        heal: [onNode(cluster.victim, 'ip rule del priority 1000'), onNode(cluster.victim, 'ip route flush table 100')],
        // the other node passes requests on, and drops answers to requests that it never saw (KUBE-FORWARD, ctstate INVALID)
        probes: [between(cluster.peer, cluster.victim, 'silence')],
        expect: subject(cluster),
      }),
    },
    {
      name: 'a kill switch refuses what is not for the tunnel',
      play: (cluster) => ({
        break: [onNode(cluster.victim, `ip rule add to ${cluster.network} prohibit priority 50`)],
        heal: [onNode(cluster.victim, 'ip rule del priority 50')],
        probes: both(cluster),
        expect: subject(cluster),
      }),
    },
    {
      name: "a rule asks for the mark of kube-proxy's",
      play: (cluster) => ({
        break: [
          onNode(cluster.victim, 'ip route add unreachable default table 100'),
          onNode(cluster.victim, 'ip rule add fwmark 0x4000/0x4000 lookup 100 priority 100'),
        ],
        heal: [onNode(cluster.victim, 'ip rule del priority 100'), onNode(cluster.victim, 'ip route flush table 100')],
        probes: [{ from: { node: cluster.victim.name }, to: apiServer(cluster), protocol: 'tcp', port: 443, broken: 'fails' }],
        expect: subject(cluster),
      }),
    },
  ],
  twins: [
    {
      name: 'rules as wg-quick makes them: table main first, but for its default route',
      play: (cluster) => ({
        make: [
          ...device(cluster.victim),
          onNode(cluster.victim, `ip route add default dev ${VPN} table 51820`),
          onNode(cluster.victim, 'ip rule add not fwmark 51820 lookup 51820 priority 32765'),
          onNode(cluster.victim, 'ip rule add lookup main suppress_prefixlength 0 priority 32764'),
        ],
        unmake: [
          onNode(cluster.victim, 'ip rule del priority 32764'),
          onNode(cluster.victim, 'ip rule del priority 32765'),
          ...gone(cluster.victim),
        ],
        probes: both(cluster).map(({ broken: _, ...probe }) => probe),
      }),
    },
    {
      name: 'a rule for the pods whose table has the same routes',
      play: (cluster) => ({
        make: [
          ...sameRoutes(cluster).map((route) => onNode(cluster.victim, `ip route add ${route} table 100`)),
          onNode(cluster.victim, `ip rule add from ${cluster.victim.subnet} lookup 100 priority 1000`),
        ],
        unmake: [onNode(cluster.victim, 'ip rule del priority 1000'), onNode(cluster.victim, 'ip route flush table 100')],
        probes: both(cluster).map(({ broken: _, ...probe }) => probe),
      }),
    },
    {
      name: 'a rule that refuses, behind table main',
      play: (cluster) => ({
        make: [onNode(cluster.victim, `ip rule add to ${cluster.network} prohibit priority 32770`)],
        unmake: [onNode(cluster.victim, 'ip rule del priority 32770')],
        probes: both(cluster).map(({ broken: _, ...probe }) => probe),
      }),
    },
  ],
});

/** Table main of the victim, as `ip route` takes it. */
function sameRoutes({ nodes, victim, underlay }: Cluster): readonly string[] {
  const peers = nodes.filter(({ name }) => name !== victim.name);
  return [
    `${underlay.cidr} dev ${victim.uplink} scope link`,
    `default via ${underlay.gateway} dev ${victim.uplink}`,
    `${victim.subnet} dev ${victim.bridge} scope link`,
    ...peers.map(({ subnet, vtepAddress }) => `${subnet} via ${vtepAddress} dev ${victim.vtep.device} onlink`),
  ];
}
