import { between, type Cluster, type LabNode, type Line, onNode, onPod, scenario } from '#lab/vocabulary';

const DEVICE = 'vxlan.calico';
const MAC = '66:3f:ac:0c:9a:';

const numberOf = (address: string): number => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
const textOf = (number: number): string => [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');

/** Calico hands out blocks of 64 addresses; in the lab's small subnets, a quarter of one. */
const lengthOf = ({ subnetLength }: LabNode): number => Math.max(26, subnetLength + 1);
const blockAt = (node: LabNode): number => {
  const size = 2 ** (32 - lengthOf(node));
  return Math.floor(numberOf(node.pods[0].address) / size) * size;
};
const blockOf = (node: LabNode): string => `${textOf(blockAt(node))}/${lengthOf(node)}`;
/** The address of the other end's old device: the last of its block. */
const endOf = (node: LabNode): string => textOf(blockAt(node) + 2 ** (32 - lengthOf(node)) - 1);

const others = ({ nodes, victim }: Cluster): readonly LabNode[] => nodes.filter(({ name }) => name !== victim.name);

/** What felix had programmed for VXLAN, when it was deleted without a reboot. */
const device = ({ victim: { address, uplink, vtep }, victim }: Cluster): readonly Line[] => {
  const port = vtep.port === 4789 ? 8472 : 4789;
  return [
    onNode(
      victim,
      `ip link add ${DEVICE} address ${MAC}fe mtu 1450 type vxlan id 4096 local ${address} dev ${uplink} dstport ${port} nolearning`,
    ),
    onNode(victim, `ip link set ${DEVICE} up`),
  ];
};

const tunnelled = (cluster: Cluster): readonly Line[] => [
  ...device(cluster),
  ...others(cluster).flatMap((peer, at) => [
    onNode(cluster.victim, `ip neigh replace ${endOf(peer)} lladdr ${MAC}0${at} dev ${DEVICE} nud permanent`),
    onNode(cluster.victim, `bridge fdb append ${MAC}0${at} dev ${DEVICE} dst ${peer.address} self permanent`),
    onNode(cluster.victim, `ip route add ${blockOf(peer)} via ${endOf(peer)} dev ${DEVICE} onlink proto 80`),
  ]),
];

const CHAINS = ['cali-FORWARD', 'cali-from-wl-dispatch', 'cali-to-wl-dispatch'];

const CALICO = '{"name":"k8s-pod-network","cniVersion":"0.3.1","plugins":[{"type":"calico"}]}';
const FLANNEL = '{"name":"cbr0","cniVersion":"0.3.1","plugins":[{"type":"flannel"},{"type":"portmap"}]}';

/** Files in the folder of which the runtime takes the first by name. */
const configured = (node: LabNode, files: Readonly<Record<string, string>>): readonly Line[] => [
  onNode(node, 'mkdir -p /etc/cni/net.d'),
  ...Object.entries(files).map(([file, text]) => onNode(node, `echo '${text}' > /etc/cni/net.d/${file}`)),
];

const unconfigured = (node: LabNode, ...files: readonly string[]): Line =>
  onNode(node, `cd /etc/cni/net.d && rm -f ${files.flatMap((file) => [file, `${file}.leadline-before`]).join(' ')}`);

/** An address of the range that pods had before. */
const BEFORE = { address: '10.244.9.5', gateway: '10.244.9.1' };

/** kube-proxy leads to an address that a pod has from now on. */
const led = ({ nodes }: Cluster, from: string, to: string): readonly Line[] =>
  nodes.map((node) => onNode(node, `iptables-save | sed 's/\\b${from.replaceAll('.', '\\.')}\\b/${to}/g' | iptables-restore`));

/** A pod that was made before the range was changed, and is there still. */
function madeBefore(cluster: Cluster): { readonly made: readonly Line[]; readonly gone: readonly Line[] } {
  const { victim } = cluster;
  const [pod] = victim.pods;
  return {
    made: [
      onPod(pod, `ip addr flush dev ${pod.device} scope global`),
      onPod(pod, `ip addr add ${BEFORE.address}/24 brd + dev ${pod.device}`),
      onPod(pod, `ip route add default via ${BEFORE.gateway} dev ${pod.device}`),
      ...led(cluster, pod.address, BEFORE.address),
    ],
    gone: [
      onPod(pod, `ip addr flush dev ${pod.device} scope global`),
      onPod(pod, `ip addr add ${pod.address}/${victim.subnetLength} brd + dev ${pod.device}`),
      onPod(pod, `ip route add default via ${victim.gateway} dev ${pod.device}`),
      ...led(cluster, BEFORE.address, pod.address),
    ],
  };
}

const expected = ({ victim }: Cluster) => ({ subject: `node/${victim.name}` });

export default scenario({
  fault: 'cni-leftovers',
  title: { en: 'routes of the pod network before this one', zh: '旧 CNI 残留的路由' },
  play: (cluster) => ({
    break: tunnelled(cluster),
    heal: [onNode(cluster.victim, `ip link del ${DEVICE}`)],
    probes: [between(cluster.victim, cluster.peer, 'silence')],
    expect: expected(cluster),
    symptom: `since the cluster changed from Calico to flannel, pods on ${cluster.victim.name} reach no pod elsewhere`,
  }),
  variants: [
    {
      name: "the node's own block leads into nothing",
      play: (cluster) => ({
        break: [onNode(cluster.victim, `ip route add blackhole ${blockOf(cluster.victim)} proto bird`)],
        heal: [onNode(cluster.victim, `ip route del blackhole ${blockOf(cluster.victim)}`)],
        probes: [between(cluster.peer, cluster.victim, 'fails')],
        expect: expected(cluster),
      }),
    },
    {
      name: 'new pods are made by its configuration, which comes first by name',
      play: (cluster) => ({
        break: configured(cluster.victim, { '05-calico.conflist': CALICO, '10-flannel.conflist': FLANNEL }),
        heal: [unconfigured(cluster.victim, '05-calico.conflist', '10-flannel.conflist')],
        probes: [],
        expect: expected(cluster),
      }),
    },
    {
      name: 'a pod has an address of the range before this one',
      play: (cluster) => {
        const { made, gone } = madeBefore(cluster);
        const { victim, peer } = cluster;
        return {
          break: made,
          heal: gone,
          probes: [between(peer, victim, 'fails'), between(victim, peer, 'fails')],
          expect: expected(cluster),
          symptom: `since the pod network was changed ${victim.pods[0].name} reaches nobody, pods made since are well`,
        };
      },
    },
  ],
  twins: [
    {
      name: 'a pod has a second address of the range before this one, and its own',
      play: ({ victim, peer }) => {
        const [pod] = victim.pods;
        return {
          make: [onPod(pod, `ip addr add ${BEFORE.address}/32 dev ${pod.device}`)],
          unmake: [onPod(pod, `ip addr del ${BEFORE.address}/32 dev ${pod.device}`)],
          probes: [{ from: { pod: peer.pods[0].name }, to: pod.address, protocol: 'tcp', port: 8080 }],
        };
      },
    },
    {
      name: "the earlier network's device, chains and file are left, and no route",
      play: (cluster) => ({
        make: [
          ...device(cluster),
          ...CHAINS.map((chain) => onNode(cluster.victim, `iptables -N ${chain}`)),
          onNode(cluster.victim, 'iptables -A cali-FORWARD -i cali+ -j cali-from-wl-dispatch'),
          onNode(cluster.victim, 'iptables -A cali-from-wl-dispatch -m comment --comment "Unknown interface" -j DROP'),
          onNode(cluster.victim, 'iptables -I FORWARD 1 -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD'),
          ...configured(cluster.victim, { '10-flannel.conflist': FLANNEL, '99-calico.conflist': CALICO }),
        ],
        unmake: [
          onNode(cluster.victim, 'iptables -D FORWARD -m comment --comment "cali:wUHhoiAYhphO9Mso" -j cali-FORWARD'),
          ...CHAINS.map((chain) => onNode(cluster.victim, `iptables -F ${chain}`)),
          ...CHAINS.map((chain) => onNode(cluster.victim, `iptables -X ${chain}`)),
          onNode(cluster.victim, `ip link del ${DEVICE}`),
          unconfigured(cluster.victim, '10-flannel.conflist', '99-calico.conflist'),
        ],
      }),
    },
    {
      name: 'old routes lead straight to the right machines',
      play: (cluster) => {
        const { victim } = cluster;
        return {
          make: others(cluster).flatMap((peer) => [
            onNode(victim, `ip route add ${blockOf(peer)} via ${peer.address} dev ${victim.uplink} proto bird`),
            onNode(peer, `ip route add ${blockOf(victim)} via ${victim.address} dev ${peer.uplink} proto bird`),
          ]),
          unmake: others(cluster).flatMap((peer) => [
            onNode(victim, `ip route del ${blockOf(peer)} via ${peer.address}`),
            onNode(peer, `ip route del ${blockOf(victim)} via ${victim.address}`),
          ]),
        };
      },
    },
    {
      name: 'old routes are for a range that nobody has any more',
      play: ({ victim }) => ({
        make: [onNode(victim, 'ip route add blackhole 192.168.211.64/26 proto bird')],
        unmake: [onNode(victim, 'ip route del blackhole 192.168.211.64/26')],
      }),
    },
  ],
});
