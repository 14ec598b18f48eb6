import { between, onEtcd, onNode, scenario } from '../vocabulary.ts';

const OLD = '02:de:ad:00:41:01';

/** Seed 002 for the lab's own tests: the example of lab/README.md. */
export default scenario({
  fault: 'vxlan-vtep-mac-stale',
  title: { en: 'a lease holds the MAC of an old machine', zh: '租约里还是旧机器的 MAC 地址' },
  play: ({ victim, peer, other }) => ({
    break: [onEtcd(`etcdctl put --lease=${victim.leaseId} ${victim.leaseKey} '${victim.leaseValue.replace(victim.vtep.mac, OLD)}'`)],
    heal: [onNode(victim, 'systemctl restart flanneld')],
    probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence'), between(other, victim, 'silence', { protocol: 'tcp' })],
    expect: { subject: `lease/${victim.subnet}` },
  }),
  twins: [
    {
      name: 'the old FDB entry that flanneld leaves behind',
      play: ({ victim, peer }) => ({
        make: [onNode(peer, `bridge fdb append ${OLD} dev ${peer.vtep.device} dst ${victim.address} self permanent`)],
        unmake: [onNode(peer, `bridge fdb del ${OLD} dev ${peer.vtep.device} dst ${victim.address} self`)],
      }),
    },
    {
      name: 'the lease is written anew with the same value',
      play: ({ victim }) => ({
        make: [onEtcd(`etcdctl put --lease=${victim.leaseId} ${victim.leaseKey} '${victim.leaseValue}'`)],
        unmake: [onNode(victim, 'systemctl restart flanneld')],
      }),
    },
  ],
});
