import { between, onNode, scenario } from '#lab/vocabulary';

export default scenario({
  fault: 'vxlan-neighbour-missing',
  title: { en: 'a node lost the neighbour entry of a peer', zh: '节点丢失了某个对端 VTEP 的邻居表项' },
  play: ({ victim, peer, other }) => ({
    break: [onNode(peer, `ip neigh del ${victim.vtepAddress} dev ${peer.vtep.device}`)],
    heal: [onNode(peer, `ip neigh replace ${victim.vtepAddress} lladdr ${victim.vtep.mac} dev ${peer.vtep.device} nud permanent`)],
    probes: [
      between(peer, victim, 'fails'),
      between(victim, peer, 'silence', { protocol: 'tcp', port: 8080 }),
      between(other, victim, 'answers'),
    ],
    expect: { subject: `link/${peer.name}→${victim.name}` },
    symptom: `pods on ${peer.name} get "no route to host" for pods on ${victim.name}`,
  }),
  twins: [
    {
      name: 'the entry is not permanent, but one that is never asked for',
      play: ({ victim, peer }) => {
        const entry = `${victim.vtepAddress} lladdr ${victim.vtep.mac} dev ${peer.vtep.device}`;
        return {
          make: [onNode(peer, `ip neigh replace ${entry} nud noarp`)],
          unmake: [onNode(peer, `ip neigh replace ${entry} nud permanent`)],
        };
      },
    },
    {
      name: 'no entry, but the default FDB entry lets the kernel ask the peer',
      play: ({ victim, peer }) => {
        const dev = peer.vtep.device;
        return {
          make: [
            onNode(peer, `bridge fdb append 00:00:00:00:00:00 dev ${dev} dst ${victim.address} self permanent`),
            onNode(peer, `ip neigh del ${victim.vtepAddress} dev ${dev}`),
          ],
          unmake: [
            onNode(peer, `ip neigh replace ${victim.vtepAddress} lladdr ${victim.vtep.mac} dev ${dev} nud permanent`),
            onNode(peer, `bridge fdb del 00:00:00:00:00:00 dev ${dev} dst ${victim.address} self`),
          ],
        };
      },
    },
  ],
});
