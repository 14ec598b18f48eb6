import { between, configurationChanged, onNode, scenario, vxlanBeside, vxlanRemade } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-port-mismatch',
  title: { en: 'the VXLAN device of a node has another UDP port', zh: '节点的 VXLAN 设备 UDP 端口 与其他节点不一致' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const { vtep } = victim;
    return {
      break: vxlanRemade(cluster, victim, vtep.vni, vtep.port === 8472 ? 4789 : 8472),
      heal: [...vxlanRemade(cluster, victim, vtep.vni, vtep.port), onNode(victim, 'systemctl start flanneld')],
      probes: [
        between(peer, victim, 'silence'),
        between(victim, other, 'silence', { protocol: 'tcp', port: 8080 }),
        between(peer, other, 'answers'),
      ],
      expect: { subject: `node/${victim.name}` },
      symptom: `pods on ${victim.name} are cut off from all other nodes`,
    };
  },
  twins: [vxlanBeside, configurationChanged({ port: 1 })],
});
