import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-device-missing',
  title: { en: 'the VXLAN device was deleted under a running flanneld', zh: 'VXLAN 设备在 flanneld 运行时被删除' },
  play: ({ victim, peer, other }) => {
    const { device, mac, vni, port } = victim.vtep;
    return {
      break: [onNode(victim, `ip link del ${device}`)],
      heal: [
        onNode(
          victim,
          `ip link add ${device} address ${mac} mtu 1450 type vxlan id ${vni} local ${victim.address} dev ${victim.uplink} dstport ${port} nolearning`,
        ),
        onNode(victim, 'systemctl restart flanneld'),
      ],
      probes: [between(peer, victim, 'fails'), between(victim, other, 'fails'), between(peer, other, 'answers')],
      expect: { subject: `node/${victim.name}` },
      symptom: `pods on ${victim.name} are cut off from all other nodes; systemctl status flanneld says failed`,
    };
  },
  twins: [
    {
      name: 'the device goes by another name',
      play: ({ victim }) => ({
        make: [onNode(victim, 'systemctl stop flanneld'), onNode(victim, `ip link set ${victim.vtep.device} name vtep0`)],
        unmake: [onNode(victim, `ip link set vtep0 name ${victim.vtep.device}`), onNode(victim, 'systemctl start flanneld')],
      }),
    },
    {
      name: 'flanneld was stopped; what it programmed stays',
      play: ({ victim }) => ({
        make: [onNode(victim, 'systemctl stop flanneld')],
        unmake: [onNode(victim, 'systemctl start flanneld')],
      }),
    },
  ],
});
