import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

/** A MAC that the victim's device gets while nobody tells the peer. */
const newMac = ({ dice }: Cluster): string => `02:1e:ad:00:0${dice(9)}:${(16 + dice(200)).toString(16)}`;

const signal = (node: LabNode, name: 'STOP' | 'CONT'): Line => onNode(node, `kill -${name} $(systemctl show -p MainPID --value flanneld)`);

/** The victim registers with another MAC. */
const registerAnew = (node: LabNode, mac: string): readonly Line[] => [
  onNode(node, `ip link set dev ${node.vtep.device} address ${mac}`),
  onNode(node, 'systemctl restart flanneld'),
];

/** What flanneld of every other node leaves of a MAC that the victim had once. */
const forgotten = ({ nodes, victim }: Cluster, mac: string): readonly Line[] =>
  nodes
    .filter(({ name }) => name !== victim.name)
    .map((node) => onNode(node, `bridge fdb del ${mac} dev ${node.vtep.device} dst ${victim.address} self`));

export default scenario({
  fault: 'flanneld-not-following',
  title: { en: 'a flanneld that no longer follows etcd', zh: 'flanneld 不再跟随 etcd 的变化' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const { mac } = victim.vtep;
    const drawn = newMac(cluster);
    return {
      break: [signal(peer, 'STOP'), ...registerAnew(victim, drawn)],
      heal: [...registerAnew(victim, mac), signal(peer, 'CONT'), onNode(peer, 'systemctl restart flanneld'), ...forgotten(cluster, drawn)],
      probes: [between(peer, victim, 'silence'), between(victim, peer, 'silence'), between(other, victim, 'answers')],
      expect: { subject: `node/${peer.name}` },
      symptom: `since ${victim.name} was rebuilt, pods on ${peer.name} do not reach it; every other node does`,
    };
  },
  variants: [
    {
      name: 'flanneld was stopped, then a peer registered with another MAC',
      play: (cluster) => {
        const { victim, peer, other } = cluster;
        const mac = newMac(cluster);
        return {
          break: [onNode(peer, 'systemctl stop flanneld'), ...registerAnew(victim, mac)],
          heal: [...registerAnew(victim, victim.vtep.mac), onNode(peer, 'systemctl start flanneld'), ...forgotten(cluster, mac)],
          probes: [between(peer, victim, 'silence'), between(other, victim, 'answers')],
          expect: { subject: `node/${peer.name}` },
        };
      },
    },
    {
      name: 'it was stopped while the peer joined: no entry at all',
      play: ({ victim, peer, other }) => {
        const { device, mac } = victim.vtep;
        return {
          break: [
            onNode(peer, 'systemctl stop flanneld'),
            onNode(peer, `ip route del ${victim.subnet} dev ${peer.vtep.device}`),
            onNode(peer, `ip neigh del ${victim.vtepAddress} dev ${peer.vtep.device}`),
            onNode(peer, `bridge fdb del ${mac} dev ${device} dst ${victim.address} self`),
          ],
          heal: [onNode(peer, 'systemctl start flanneld')],
          probes: [between(peer, victim, 'fails'), between(other, victim, 'answers')],
          expect: { subject: `node/${peer.name}` },
        };
      },
    },
  ],
  twins: [
    {
      name: 'flanneld hangs, and nothing has changed since',
      play: ({ peer }) => ({ make: [signal(peer, 'STOP')], unmake: [signal(peer, 'CONT')] }),
    },
    {
      name: 'a lease is left of a subnet that nobody lives in',
      play: ({ victim, etcd, nodes }) => {
        const subnet = victim.vtepAddress.replace(/\.\d+\.\d+$/, '.255.0');
        const key = `${etcd.prefix}/subnets/${subnet}-${victim.subnetLength}`;
        const value = victim.leaseValue.replace(victim.address, nodes[0]?.address ?? victim.address);
        return {
          make: [onEtcd(`etcdctl put ${key} '${value.replace(/VtepMAC":"[^"]*/, 'VtepMAC":"02:de:ad:00:42:01')}'`)],
          unmake: [onEtcd(`etcdctl del ${key}`)],
        };
      },
    },
  ],
});
