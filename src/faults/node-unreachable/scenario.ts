import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'node-unreachable',
  title: { en: "a node's uplink is down", zh: '节点上联网卡 down，整机失联' },
  play: ({ victim, peer, underlay }) => ({
    break: [onNode(victim, `ip link set ${victim.uplink} down`)],
    heal: [
      onNode(victim, `ip link set ${victim.uplink} up`),
      onNode(victim, `ip route replace default via ${underlay.gateway} dev ${victim.uplink}`),
      onNode(victim, 'systemctl start flanneld'),
    ],
    probes: [between(peer, victim, 'fails'), { from: { node: peer.name }, to: victim.address, protocol: 'icmp', broken: 'fails' }],
    // without etcd flanneld ends after a while
    drifts: [`unit of ${victim.name}: flanneld.service`],
    expect: { subject: `node/${victim.name}` },
    symptom: `${victim.name} is NotReady, ping ${victim.address}: Destination Host Unreachable`,
  }),
  twins: [
    {
      name: "the neighbours hold permanent entries of each other's machines",
      play: ({ victim, nodes }) => {
        const others = nodes.filter(({ name }) => name !== victim.name);
        return {
          make: others.map((node) =>
            onNode(node, `ip neigh replace ${victim.address} lladdr ${victim.uplinkMac} dev ${node.uplink} nud permanent`),
          ),
          unmake: others.map((node) => onNode(node, `ip neigh del ${victim.address} dev ${node.uplink}`)),
        };
      },
    },
    {
      name: 'a second network device of the node is down',
      play: ({ victim }) => ({
        make: [onNode(victim, 'ip link add spare0 type bridge'), onNode(victim, 'ip addr add 10.254.9.1/24 dev spare0')],
        unmake: [onNode(victim, 'ip link del spare0')],
      }),
    },
  ],
});
