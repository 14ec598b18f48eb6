import type { Partition } from '#facts/facts';
import type { FactOf, KindId } from '#facts/kinds';
import { nodeFdb, nodeLinks, podLinks, podMtu } from './devices.ts';
import { nodeAddresses, nodeNeighbours, nodeRoutes, podAddresses, podNeighbours, podRoutes, USUAL_RULES } from './paths.ts';
import { type BuiltService, builtTables } from './rules.ts';
import { SETTINGS_FILE, settings } from './settings.ts';
import type { BuiltNode, BuiltPod, Shape } from './shape.ts';
import { type Bare, written } from './written.ts';

/** All there is to read in a node's root namespace and of the node itself. */
export function nodePartitions(
  node: BuiltNode,
  nodes: readonly BuiltNode[],
  services: readonly BuiltService[],
  shape: Shape,
): readonly Partition[] {
  const { scope } = node;
  const peers = nodes.filter(({ name }) => name !== node.name);
  const links = nodeLinks(node, shape);
  const tables = builtTables(node, services, shape);
  const file = `iptables-${shape.iptables}-save_-c`;
  return [
    written('link', scope, 'ip_-d_-j_link', links),
    written('link-counters', scope, 'ip_-s_-s_-j_link', links.map(counted)),
    written('address', scope, 'ip_-d_-j_addr', nodeAddresses(node)),
    written('route', scope, 'ip_route', nodeRoutes(node, peers, shape)),
    written('rule', scope, 'ip_rule', USUAL_RULES),
    written('neighbour', scope, 'ip_neigh', nodeNeighbours(node, peers)),
    written('fdb', scope, 'bridge_fdb', nodeFdb(node, peers)),
    { ...written('iptables', scope, file, []), facts: tables } as Partition,
    written('nft', scope, 'nft_list_ruleset', []),
    written('conntrack', scope, 'conntrack_-L', []),
    written('socket', scope, 'ss_-tuanpieoH', []),
    written(
      'sysctl',
      scope,
      'sysctl_-a',
      settings(
        links.map(({ name }) => name),
        true,
      ),
    ),
    written('sysctl-file', scope, 'etc_sysctl.d', [SETTINGS_FILE]),
    written('subnet-env', scope, 'run_flannel_subnet.env', [subnetEnv(node, shape)]),
    written('docker-options', scope, 'docker-options', []),
    written('cni-config', scope, 'etc_cni_net.d', []),
    written('host', scope, 'uname_-a', [hostOf(node)]),
    written('process', scope, 'processes', processesOf(node)),
    written('unit', scope, 'systemctl_show', [
      { name: 'flanneld.service', directives: new Map(), active: 'active', enabled: 'enabled', activeSinceMs: 21000 },
    ]),
    written('namespace', scope, 'namespaces', node.pods.map(namespaceOf)),
    written('counter', scope, 'proc_net_snmp', []),
    written('log-line', scope, 'journalctl', []),
    written('hosts', scope, 'etc_hosts', [{ address: node.address, names: [node.name] }]),
  ];
}

const counted = ({ name }: Bare<'link'>): Bare<'link-counters'> => ({
  name,
  rxPackets: 1000,
  rxBytes: 90_000,
  rxErrors: 0,
  rxDropped: 0,
  rxOtherHost: 0,
  rxNoHandler: 0,
  txPackets: 1000,
  txBytes: 90_000,
  txErrors: 0,
  txDropped: 0,
  txCarrier: 0,
});

const subnetEnv = (node: BuiltNode, shape: Shape): Bare<'subnet-env'> => ({
  path: '/run/flannel/subnet.env',
  network: shape.network as FactOf<'subnet-env'>['network'],
  gateway: node.gateway,
  subnet: node.subnet,
  mtu: podMtu(shape),
  ipMasq: true,
});

const hostOf = (node: BuiltNode): Bare<'host'> => ({
  hostname: node.name,
  kernel: '6.1.0-49-amd64',
  machineId: node.uplinkMac.replaceAll(':', '').padStart(32, '0'),
  bootId: `boot-of-${node.name}`,
  os: 'Debian GNU/Linux 12 (bookworm)',
});

const processesOf = (node: BuiltNode): readonly Bare<'process'>[] => [
  {
    pid: 801,
    name: 'flanneld',
    argv: ['/usr/bin/flanneld', '-etcd-endpoints=http://192.168.1.2:2379', `-iface=${node.uplink}`, '-ip-masq=true'],
    startTicks: 2100,
    unit: 'flanneld.service',
  },
];

const namespaceOf = (pod: BuiltPod): Bare<'namespace'> => {
  const [namespace = '', name = ''] = pod.name.split('/');
  return {
    id: pod.netns,
    inode: 4026532000 + pod.nsid,
    name: pod.netns,
    nsid: pod.nsid,
    pids: [],
    pod: { namespace, name, uid: undefined },
  };
};

/** All there is to read in a pod's namespace. */
export function podPartitions(pod: BuiltPod, node: BuiltNode, shape: Shape): readonly Partition[] {
  const { scope } = pod;
  const nothing = (['fdb', 'iptables', 'nft', 'conntrack', 'socket', 'counter'] as const satisfies readonly KindId[]).map((kind) =>
    written(kind, scope, kind, []),
  );
  const links = podLinks(pod, shape);
  return [
    ...nothing,
    written('link', scope, 'ip_-d_-j_link', links),
    written('link-counters', scope, 'ip_-s_-s_-j_link', links.map(counted)),
    written('address', scope, 'ip_-d_-j_addr', podAddresses(pod, node)),
    written('route', scope, 'ip_route', podRoutes(pod, node)),
    written('rule', scope, 'ip_rule', USUAL_RULES),
    written('neighbour', scope, 'ip_neigh', podNeighbours(pod, node)),
    written(
      'sysctl',
      scope,
      'sysctl_-a',
      settings(
        links.map(({ name }) => name),
        false,
      ),
    ),
    written('resolv-conf', scope, 'resolv.conf', []),
  ];
}

/** flannel's leases as etcd holds them. */
export const leaseOf = (node: BuiltNode, index: number): Bare<'lease'> => ({
  subnet: node.subnet,
  store: { in: 'etcd', key: node.leaseKey, api: 3 },
  publicIp: node.address,
  backend: 'vxlan',
  vtepMac: node.vtep.mac,
  vni: node.vtep.vni,
  etcdLease: `694da1fc${index.toString(16).padStart(8, '0')}`,
  ttlSeconds: 80000,
  modRevision: 10 + index,
  value: `{"PublicIP":"${node.address}","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":${node.vtep.vni},"VtepMAC":"${node.vtep.mac}"}}`,
});

/** What belongs to the cluster as a whole. */
export function clusterPartitions(nodes: readonly BuiltNode[], shape: Shape): readonly Partition[] {
  const cluster = { node: '', netns: '' };
  const network = shape.network as FactOf<'flannel-config'>['network'];
  return [
    written('lease', cluster, 'cluster/flannel-leases', nodes.map(leaseOf)),
    written('flannel-config', cluster, 'cluster/flannel-config', [
      {
        key: '/coreos.com/network/config',
        network,
        subnetLength: shape.subnetLength,
        backend: 'vxlan',
        vni: shape.vni,
        port: shape.port,
        directRouting: false,
      },
    ]),
  ];
}
