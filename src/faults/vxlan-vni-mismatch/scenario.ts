import { between, configurationChanged, onNode, scenario, vxlanBeside, vxlanRemade } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-vni-mismatch',
  title: { en: 'the VXLAN device of a node has another VNI', zh: '节点的 VXLAN 设备 VNI 与其他节点不一致' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const { vtep } = victim;
    return {
      break: vxlanRemade(cluster, victim, vtep.vni + 1 + cluster.dice(5), vtep.port),
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
  twins: [vxlanBeside, configurationChanged({ vni: 7 })],
});
