import { between, type Cluster, type LabNode, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

/** A MAC address of a machine that is long gone. */
const oldMac = ({ dice }: Cluster): string => `02:de:ad:00:41:${(16 + dice(200)).toString(16)}`;

const put = (node: LabNode, mac: string, lease = node.leaseId): Line =>
  onEtcd(`etcdctl put --lease=${lease} ${node.leaseKey} '${node.leaseValue.replace(node.vtep.mac, mac)}'`);

/** The owner's flanneld writes the true MAC; what peers keep of the old one goes too. */
const heal = ({ nodes, victim }: Cluster, mac: string): readonly Line[] => [
  onNode(victim, 'systemctl restart flanneld'),
  ...nodes.map((node) => onNode(node, `bridge fdb del ${mac} dev ${node.vtep.device} dst ${victim.address} self`)),
];

const unreached = ({ victim, peer, other }: Cluster, back: 'silence' | 'unreachable' = 'silence') => [
  between(peer, victim, 'silence'),
  between(victim, peer, back),
  between(other, victim, 'silence', { protocol: 'tcp', port: 8080 }),
  between(peer, other, 'answers'),
];

export default scenario({
  fault: 'vxlan-vtep-mac-stale',
  title: { en: 'the lease still holds the MAC of an old machine', zh: '租约里仍是旧机器的 VTEP MAC' },
  play: (cluster) => {
    const { victim } = cluster;
    const mac = oldMac(cluster);
    return {
      break: [put(victim, mac)],
      heal: heal(cluster, mac),
      probes: unreached(cluster),
      expect: { subject: `lease/${victim.subnet}` },
      symptom: `pods on ${victim.name} cannot be reached from any other node, and reach nobody; ping ${victim.address} works`,
    };
  },
  variants: [
    {
      name: 'the device got another MAC after flanneld had registered it',
      play: (cluster) => {
        const { victim } = cluster;
        const { device, mac } = victim.vtep;
        return {
          break: [onNode(victim, `ip link set dev ${device} address ${oldMac(cluster)}`)],
          heal: [onNode(victim, `ip link set dev ${device} address ${mac}`), onNode(victim, 'systemctl restart flanneld')],
          // with its MAC the device loses its permanent neighbours
          probes: unreached(cluster, 'unreachable'),
          expect: { subject: `lease/${victim.subnet}` },
        };
      },
    },
    {
      name: 'a second machine with the same PublicIP registered last',
      play: (cluster) => {
        const { victim } = cluster;
        const mac = oldMac(cluster);
        const granted = "$(etcdctl lease grant 86400 | cut -d' ' -f2)";
        return {
          break: [put(victim, mac, granted)],
          heal: heal(cluster, mac),
          probes: unreached(cluster),
          expect: { subject: `lease/${victim.subnet}` },
        };
      },
    },
  ],
  twins: [
    {
      name: 'the FDB entry of the old MAC that flanneld leaves behind',
      play: (cluster) => {
        const { victim, peer } = cluster;
        const entry = `${oldMac(cluster)} dev ${peer.vtep.device} dst ${victim.address} self`;
        return { make: [onNode(peer, `bridge fdb append ${entry} permanent`)], unmake: [onNode(peer, `bridge fdb del ${entry}`)] };
      },
    },
    {
      name: 'the lease writes the true MAC in capitals',
      play: ({ victim }) => ({
        make: [put(victim, victim.vtep.mac.toUpperCase())],
        unmake: [put(victim, victim.vtep.mac)],
      }),
    },
    {
      name: 'a stale lease that nobody follows: every peer was set right by hand',
      play: (cluster) => {
        const { nodes, victim } = cluster;
        const mac = oldMac(cluster);
        const peers = nodes.filter(({ name }) => name !== victim.name);
        return {
          make: [
            put(victim, mac),
            onEtcd('sleep 0.4'),
            ...peers.map((peer) =>
              onNode(peer, `ip neigh replace ${victim.vtepAddress} lladdr ${victim.vtep.mac} dev ${peer.vtep.device} nud permanent`),
            ),
          ],
          unmake: heal(cluster, mac),
        };
      },
    },
  ],
});
