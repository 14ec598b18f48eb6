import { between, calledOff, calling, type Cluster, type Line, onEtcd, onNode, scenario } from '#lab/vocabulary';

/** The interface and address of a NAT that every virtual machine has alike. */
const NAT = { device: 'nat0', address: '10.0.2.15' };
const DROP_IN = '/etc/systemd/system/flanneld.service.d/10-nat.conf';

const nat = ({ victim }: Cluster): readonly Line[] => [
  onNode(victim, `ip link add ${NAT.device} type bridge`),
  onNode(victim, `ip addr add ${NAT.address}/24 brd + dev ${NAT.device}`),
  onNode(victim, `ip link set ${NAT.device} up`),
];

/** The victim registers anew, with its former subnet, from the interface that its command line names. */
const registerAnew = ({ victim, etcd }: Cluster): readonly Line[] => [
  onEtcd(`for key in $(etcdctl get --prefix --keys-only ${etcd.prefix}/subnets/${victim.vtepAddress}-); do etcdctl del $key; done; true`),
  onNode(victim, 'systemctl start flanneld'),
];

export default scenario({
  fault: 'flannel-public-ip-wrong',
  title: { en: 'flanneld announces the address of the wrong interface', zh: 'flanneld 选错网卡，宣告了错误的地址' },
  play: (cluster) => {
    const { victim, peer, other } = cluster;
    const { device, mac, vni, port } = victim.vtep;
    return {
      break: [
        ...nat(cluster),
        onNode(victim, 'mkdir -p /etc/systemd/system/flanneld.service.d'),
        onNode(
          victim,
          `{ echo '[Service]'; echo ExecStart=; sed -n 's/^\\(ExecStart=.*-iface=\\)[^ ]*/\\1${NAT.device}/p' /etc/systemd/system/flanneld.service; } >${DROP_IN}`,
        ),
        onNode(victim, 'systemctl daemon-reload'),
        onNode(victim, 'systemctl stop flanneld'),
        ...registerAnew(cluster),
        ...calling(peer.pods[0], victim.pods[0].address, 8080),
      ],
      heal: [
        calledOff(peer.pods[0]),
        onNode(victim, 'systemctl stop flanneld'),
        onNode(victim, 'rm -rf /etc/systemd/system/flanneld.service.d'),
        onNode(victim, 'systemctl daemon-reload'),
        onNode(victim, `ip link del ${device}`),
        onNode(
          victim,
          `ip link add ${device} address ${mac} mtu 1450 type vxlan id ${vni} local ${victim.address} dev ${victim.uplink} dstport ${port} nolearning`,
        ),
        ...registerAnew(cluster),
        onNode(victim, `ip link del ${NAT.device}`),
      ],
      probes: [between(peer, victim, 'fails'), between(victim, other, 'fails'), between(peer, other, 'answers')],
      expect: { subject: `lease/${victim.subnet}` },
      symptom: `${victim.name} joined, and its pods reach nobody; its lease says ${NAT.address}`,
    };
  },
  twins: [
    {
      name: 'a NAT interface is there, and flanneld does not use it',
      play: (cluster) => ({ make: nat(cluster), unmake: [onNode(cluster.victim, `ip link del ${NAT.device}`)] }),
    },
    {
      name: 'PublicIP is a loopback address that every peer has a route to',
      play: ({ nodes, victim }) => {
        const loopback = '10.255.255.4';
        const value = victim.leaseValue.replace(victim.address, loopback);
        const peers = nodes.filter(({ name }) => name !== victim.name);
        return {
          make: [
            onNode(victim, `ip addr add ${loopback}/32 dev lo`),
            ...peers.map((node) => onNode(node, `ip route add ${loopback}/32 via ${victim.address}`)),
            onEtcd(`etcdctl put --lease=${victim.leaseId} ${victim.leaseKey} '${value}'`),
          ],
          unmake: [
            onEtcd(`etcdctl put --lease=${victim.leaseId} ${victim.leaseKey} '${victim.leaseValue}'`),
            onEtcd('sleep 0.4'),
            ...peers.map((node) => onNode(node, `ip route del ${loopback}/32 via ${victim.address}`)),
            onNode(victim, `ip addr del ${loopback}/32 dev lo`),
          ],
        };
      },
    },
  ],
  needs: { settle: 2.5 },
});
