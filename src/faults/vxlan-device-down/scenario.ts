import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-device-down',
  title: { en: "a node's VXLAN device is down", zh: '节点的 VXLAN 设备被 down' },
  play: ({ victim, peer, other }) => ({
    break: [onNode(victim, `ip link set ${victim.vtep.device} down`)],
    heal: [onNode(victim, `ip link set ${victim.vtep.device} up`), onNode(victim, 'systemctl restart flanneld')],
    probes: [between(peer, victim, 'fails'), between(victim, other, 'fails'), between(peer, other, 'answers')],
    expect: { subject: `device/${victim.name}/${victim.vtep.device}` },
    symptom: `pods on ${victim.name} are cut off from all other nodes`,
  }),
  twins: [
    {
      name: 'another VXLAN device is down',
      play: ({ victim }) => ({
        make: [onNode(victim, `ip link add vx-spare type vxlan id 4097 local ${victim.address} dev ${victim.uplink} dstport 4790`)],
        unmake: [onNode(victim, 'ip link del vx-spare')],
      }),
    },
    {
      name: 'a bridge without ports has no carrier',
      play: ({ victim }) => ({
        make: [onNode(victim, 'ip link add br-idle type bridge'), onNode(victim, 'ip link set br-idle up')],
        unmake: [onNode(victim, 'ip link del br-idle')],
      }),
    },
  ],
});
