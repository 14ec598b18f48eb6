import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-fdb-missing',
  title: { en: 'a node lost the FDB entry of a peer', zh: '节点丢失了某个对端的 FDB 表项' },
  play: ({ victim, peer, other }) => ({
    break: [onNode(peer, `bridge fdb del ${victim.vtep.mac} dev ${peer.vtep.device} dst ${victim.address} self`)],
    heal: [onNode(peer, `bridge fdb replace ${victim.vtep.mac} dev ${peer.vtep.device} dst ${victim.address} self permanent`)],
    probes: [
      between(peer, victim, 'silence'),
      between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 }),
      between(other, victim, 'answers'),
    ],
    expect: { subject: `link/${peer.name}→${victim.name}` },
    symptom: `pods on ${peer.name} cannot reach pods on ${victim.name}; every other node can`,
  }),
  twins: [
    {
      name: 'no entry of its own, but the default entry floods to the peer',
      play: ({ victim, peer }) => {
        const dev = peer.vtep.device;
        return {
          make: [
            onNode(peer, `bridge fdb append 00:00:00:00:00:00 dev ${dev} dst ${victim.address} self permanent`),
            onNode(peer, `bridge fdb del ${victim.vtep.mac} dev ${dev} dst ${victim.address} self`),
          ],
          unmake: [
            onNode(peer, `bridge fdb replace ${victim.vtep.mac} dev ${dev} dst ${victim.address} self permanent`),
            onNode(peer, `bridge fdb del 00:00:00:00:00:00 dev ${dev} dst ${victim.address} self`),
          ],
        };
      },
    },
    {
      name: 'the entry is static, not permanent',
      play: ({ victim, peer }) => ({
        make: [onNode(peer, `bridge fdb replace ${victim.vtep.mac} dev ${peer.vtep.device} dst ${victim.address} self static`)],
        unmake: [onNode(peer, `bridge fdb replace ${victim.vtep.mac} dev ${peer.vtep.device} dst ${victim.address} self permanent`)],
      }),
    },
  ],
});
