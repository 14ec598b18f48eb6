import { between, type Cluster, type LabNode, onNode, onPod, scenario } from '#lab/vocabulary';

const LINK = 'lan0';

/** A link with as many stations as a large flat network has. */
const link = (node: LabNode) => [
  onNode(node, `ip link add ${LINK} type bridge`),
  onNode(node, `ip link set ${LINK} up`),
  onNode(node, `ip addr add 172.30.0.1/16 brd + dev ${LINK}`),
  // so that what is reachable stays so as long as the play lasts
  onNode(node, `ip ntable change name arp_cache dev ${LINK} base_reachable 600000`),
];
const gone = (node: LabNode) => [onNode(node, `ip link del ${LINK}`)];

/** What finds no room is refused, which is what is wanted. */
const stations = (node: LabNode, count: number, state: 'reachable' | 'permanent') =>
  onNode(
    node,
    `awk 'BEGIN { for (i = 0; i < ${count}; i++) printf "neigh replace 172.30.%d.%d lladdr 02:4e:42:00:%02x:%02x dev ${LINK} nud ${state}\\n", 1 + int(i / 250), 1 + i % 250, int(i / 250), i % 250 }' | ip -force -batch - >/dev/null 2>&1 || true`,
  );

/** What time does to neighbours that nobody talks to: they are forgotten. */
const forgotten = (node: LabNode) => [
  onNode(node, `ip neigh flush dev ${node.bridge}`),
  ...node.pods.map((pod) => onPod(pod, `ip neigh flush dev ${pod.device}`)),
];

const PINGER = '/run/pinger.pid';

/** On a machine there is always somebody who asks for a neighbour; what finds no room is dropped each time. */
const busy = ({ victim, peer }: Cluster) =>
  onPod(victim.pods[1], `ping -q -i 0.1 -w 200 ${peer.pods[1].address} >/dev/null 2>&1 & echo $! >${PINGER}`);
const quiet = ({ victim }: Cluster) => onNode(victim, `kill $(cat ${PINGER})`);

const both = ({ victim, peer }: Cluster) => [between(victim, peer, 'fails'), between(peer, victim, 'fails')];
const flowing = (cluster: Cluster) => both(cluster).map(({ broken: _, ...probe }) => probe);

/** More than the kernel's usual gc_thresh3, whatever the rest of the machine holds. */
const MANY = 1200;

export default scenario({
  fault: 'neighbour-table-overflow',
  title: { en: 'the neighbour table of a machine is full', zh: '机器的邻居表已满' },
  play: (cluster) => ({
    break: [
      ...link(cluster.victim),
      stations(cluster.victim, MANY, 'reachable'),
      ...forgotten(cluster.victim),
      stations(cluster.victim, MANY, 'reachable'),
      busy(cluster),
    ],
    heal: [quiet(cluster), ...gone(cluster.victim)],
    probes: both(cluster),
    expect: {
      subject: `node/${cluster.victim.name}`,
      unmendable: 'gc_thresh3 is one setting of the whole machine, of which a lab changes nothing',
    },
    symptom: `new pods on ${cluster.victim.name} are not reached, old ones are; dmesg says neighbour: arp_cache: neighbor table overflow!`,
  }),
  twins: [
    {
      name: 'many permanent entries, which do not count',
      play: (cluster) => ({
        make: [...link(cluster.victim), stations(cluster.victim, MANY, 'permanent'), ...forgotten(cluster.victim)],
        unmake: gone(cluster.victim),
        probes: flowing(cluster),
      }),
    },
    {
      name: 'it is swept in earnest, and has room',
      play: (cluster) => ({
        make: [...link(cluster.victim), stations(cluster.victim, 530, 'reachable'), ...forgotten(cluster.victim)],
        unmake: gone(cluster.victim),
        probes: flowing(cluster),
      }),
    },
  ],
  needs: { alone: true },
});
