import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

/** A node's VXLAN device made anew by hand, with all that flanneld had programmed on it. */
function remake(cluster: Cluster, node: LabNode, vni: number, port: number): readonly Line[] {
  const { device, mac } = node.vtep;
  const peers = cluster.nodes.filter(({ name }) => name !== node.name);
  return [
    onNode(node, 'systemctl stop flanneld'),
    onNode(node, `ip link del ${device}`),
    onNode(
      node,
      `ip link add ${device} address ${mac} mtu 1450 type vxlan id ${vni} local ${node.address} dev ${node.uplink} dstport ${port} nolearning`,
    ),
    onNode(node, `ip addr add ${node.vtepAddress}/32 dev ${device}`),
    onNode(node, `ip link set ${device} up`),
    ...peers.flatMap((peer) => [
      onNode(node, `ip neigh replace ${peer.vtepAddress} lladdr ${peer.vtep.mac} dev ${device} nud permanent`),
      onNode(node, `bridge fdb append ${peer.vtep.mac} dev ${device} dst ${peer.address} self permanent`),
      onNode(node, `ip route replace ${peer.subnet} via ${peer.vtepAddress} dev ${device} onlink`),
    ]),
  ];
}

export default scenario({
  fault: 'vxlan-port-mismatch',
  title: { en: 'the VXLAN device of a node has another UDP port', zh: '节点的 VXLAN 设备 UDP 端口 与其他节点不一致' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const { vtep } = victim;
    return {
      break: remake(cluster, victim, vtep.vni, vtep.port === 8472 ? 4789 : 8472),
      heal: [...remake(cluster, victim, vtep.vni, vtep.port), onNode(victim, 'systemctl start flanneld')],
      probes: [
        between(peer, victim, 'silence'),
        between(victim, other, 'silence', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `node/${victim.name}` },
      symptom: `pods on ${victim.name} are cut off from all other nodes`,
    };
  },
  twins: [
    {
      name: 'another VXLAN device with another VNI and port stands beside',
      play: ({ victim }) => ({
        make: [
          onNode(
            victim,
            `ip link add vx-swarm type vxlan id 4097 local ${victim.address} dev ${victim.uplink} dstport ${victim.vtep.port === 4789 ? 4790 : 4789}`,
          ),
          onNode(victim, 'ip link set vx-swarm up'),
        ],
        unmake: [onNode(victim, 'ip link del vx-swarm')],
      }),
    },
    {
      name: 'the configuration in etcd was changed, and no flanneld has started since',
      play: ({ etcd, network, victim }) => {
        const config = (vni: number, port: number): string =>
          `etcdctl put ${etcd.prefix}/config '{"Network":"${network}","SubnetLen":${victim.subnetLength},"Backend":{"Type":"vxlan","VNI":${vni},"Port":${port}}}'`;
        const { vni, port } = victim.vtep;
        return { make: [onEtcd(config(vni, port + 1))], unmake: [onEtcd(config(vni, port))] };
      },
    },
  ],
});
