import { type Cluster, type LabNode, type Line, onNode, onSwitch, type Probe, scenario } from '#lab/vocabulary';

/** One of the two nodes whose second pods answer DNS. */
function dying({ nodes, dice }: Cluster): LabNode {
  const node = nodes[dice(2)];
  if (node === undefined) throw new Error('a cluster without nodes');
  return node;
}

const others = ({ nodes }: Cluster, { name }: LabNode): readonly LabNode[] => nodes.filter((node) => node.name !== name);

const PID = '/run/ordinary-traffic.pid';

/**
 * The kernel comes to FAILED by itself within a minute (STALE, DELAY, PROBE); here it forgets first, and the traffic that every
 * cluster has makes it ask.
 */
const traffic = (node: LabNode, { address }: LabNode): readonly Line[] => [
  onNode(node, `ip neigh flush to ${address} dev ${node.uplink}`),
  onNode(node, `bash -c 'while echo >/dev/udp/${address}/9; do sleep 0.2; done' >/dev/null 2>&1 & echo $! >${PID}`),
];

const quiet = (node: LabNode, { address }: LabNode): readonly Line[] => [
  onNode(node, `kill $(cat ${PID})`),
  onNode(node, `ip neigh flush to ${address} dev ${node.uplink}`),
];

const dns = ({ services }: Cluster): string => services.find(({ port, protocol }) => port === 53 && protocol === 'udp')?.clusterIp ?? '';

/** So many that not one of them draws the dead one happens once in half a million runs. */
const TIMES = 20;
const asking = (cluster: Cluster, node: LabNode): Probe => ({
  from: { pod: node.pods[0].name },
  to: dns(cluster),
  protocol: 'udp',
  port: 53,
  times: TIMES,
});

/** The chain of the DNS Service, read as a person would. */
const CHAIN = `$(iptables -t nat -S KUBE-SERVICES | sed -n 's/.*kube-dns:dns cluster IP.* -j \\(KUBE-SVC-[A-Z0-9]*\\)$/\\1/p')`;
const UNREACHED = 'KUBE-SEP-AAAAAAAAAAAAAAAA';

export default scenario({
  fault: 'service-endpoint-dead',
  title: { en: 'a node with a DNS server dies, and the rules still lead there', zh: '一个运行 DNS 副本的节点宕机，规则仍指向它' },
  play: (cluster) => {
    const node = dying(cluster);
    const rest = others(cluster, node);
    return {
      break: [onSwitch(`ip link set ${node.name} down`), ...rest.flatMap((one) => traffic(one, node))],
      heal: [
        onSwitch(`ip link set ${node.name} up`),
        onNode(node, `ip neigh flush dev ${node.uplink}`),
        ...rest.flatMap((one) => quiet(one, node)),
      ],
      dead: [node.name],
      probes: rest.slice(0, 2).map((one) => ({ ...asking(cluster, one), broken: 'silence' })),
      expect: { subject: `address/${node.address}` },
      besides: [`node-unreachable node/${node.name}`],
      symptom: 'lookups hang for 10 s about every second time: Temporary failure in name resolution',
    };
  },
  twins: [
    {
      name: 'an address of the underlay that nobody has was asked for, no endpoint lives there',
      play: (cluster) => {
        const { victim, nodes } = cluster;
        const gone = (nodes.at(-1)?.address ?? '').replace(/\d+$/, (last) => `${Number(last) + 1}`);
        return {
          make: [onNode(victim, `bash -c 'echo >/dev/udp/${gone}/9'; sleep 1.2`)],
          unmake: [onNode(victim, `ip neigh flush to ${gone} dev ${victim.uplink}`)],
          probes: [asking(cluster, victim)],
        };
      },
    },
    {
      name: 'a jump to a dead endpoint behind the last one, which no packet comes to',
      play: (cluster) => {
        const { victim } = cluster;
        const dead = victim.pods[0].address.replace(/\d+$/, (last) => `${Number(last) + 40}`);
        return {
          make: [
            onNode(victim, `iptables -t nat -N ${UNREACHED}`),
            onNode(victim, `iptables -t nat -A ${UNREACHED} -p udp -j DNAT --to-destination ${dead}:53`),
            onNode(victim, `iptables -t nat -A ${CHAIN} -j ${UNREACHED}`),
          ],
          unmake: [
            onNode(victim, `iptables -t nat -D ${CHAIN} -j ${UNREACHED}`),
            onNode(victim, `iptables -t nat -F ${UNREACHED}; iptables -t nat -X ${UNREACHED}`),
          ],
          probes: [asking(cluster, victim)],
        };
      },
    },
  ],
  needs: { byTheClock: true, settle: 1 },
});
