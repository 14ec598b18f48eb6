import { createHash } from 'node:crypto';
import type { Cluster, LabNode, LabPod } from '../vocabulary.ts';
import { POD_MTU } from './node-links.ts';

/** The key that flanneld takes its network from. */
export const configKey = ({ etcd }: Cluster): string => `${etcd.prefix}/config`;

/** The network configuration that flanneld reads, in the form of `etcdctl put`. */
export const configValue = (cluster: Cluster): string => {
  const { vtep, subnetLength } = cluster.victim;
  return `{"Network":"${cluster.network}","SubnetLen":${subnetLength},"Backend":{"Type":"vxlan","VNI":${vtep.vni},"Port":${vtep.port}}}`;
};

/** flanneld's command line on a node, as its unit starts it. */
export const flanneldArguments = (cluster: Cluster, node: LabNode): readonly string[] => [
  `-etcd-endpoints=${cluster.etcd.endpoint}`,
  `-etcd-prefix=${cluster.etcd.prefix}`,
  `-iface=${node.uplink}`,
  '-ip-masq=true',
  '-subnet-file=/run/flannel/subnet.env',
];

export type NodeFile = { readonly path: string; readonly text: string };

const FLANNELD_UNIT = (args: readonly string[], before: string): string => `[Unit]
Description=Flanneld overlay address etcd agent
After=network.target
After=network-online.target
Wants=network-online.target
${before}
[Service]
Type=notify
ExecStart=/usr/bin/flanneld ${args.join(' ')}
${before === '' ? '' : 'ExecStartPost=/usr/libexec/flannel/mk-docker-opts.sh -k DOCKER_NETWORK_OPTIONS -d /run/flannel/docker\n'}Restart=on-failure

[Install]
WantedBy=multi-user.target
`;

const DOCKER_UNIT = `[Unit]
Description=Docker Application Container Engine
After=network-online.target flanneld.service
Wants=network-online.target flanneld.service

[Service]
Type=notify
EnvironmentFile=-/run/flannel/docker
ExecStart=/usr/bin/dockerd $DOCKER_NETWORK_OPTIONS
Restart=on-failure

[Install]
WantedBy=multi-user.target
`;

const KUBE_PROXY_UNIT = ({ network }: Cluster, node: LabNode): string => `[Unit]
Description=Kubernetes Kube Proxy
After=network.target

[Service]
ExecStart=/usr/local/bin/kube-proxy --proxy-mode=iptables --cluster-cidr=${network} --hostname-override=${node.name}
Restart=always

[Install]
WantedBy=multi-user.target
`;

/** What mk-docker-opts.sh makes of subnet.env; it turns the masquerading flag round, so that only one of both does it. */
const dockerOptions = (node: LabNode): string => {
  const bip = `--bip=${node.gateway}/${node.subnetLength}`;
  return `DOCKER_OPT_BIP="${bip}"
DOCKER_OPT_IPMASQ="--ip-masq=false"
DOCKER_OPT_MTU="--mtu=${POD_MTU}"
DOCKER_NETWORK_OPTIONS=" ${bip} --ip-masq=false --mtu=${POD_MTU}"
`;
};

function hosts(cluster: Cluster): string {
  const lines = cluster.nodes.map(({ name, address }) => `${address} ${name}`);
  return ['127.0.0.1 localhost', ...lines, ''].join('\n');
}

/** The files by which one node differs from the machine that the lab runs on. */
export function nodeFiles(cluster: Cluster, node: LabNode): readonly NodeFile[] {
  const docker = node.bridge === 'docker0';
  const ordering = docker ? 'Before=docker.service\n' : '';
  const machineId = createHash('md5').update(node.uplinkMac).digest('hex');
  return [
    { path: '/etc/hostname', text: `${node.name}\n` },
    { path: '/etc/machine-id', text: `${machineId}\n` },
    { path: '/etc/hosts', text: hosts(cluster) },
    { path: '/etc/resolv.conf', text: `nameserver ${cluster.underlay.gateway}\n` },
    { path: '/etc/sysctl.conf', text: '# settings live in /etc/sysctl.d\n' },
    { path: '/etc/sysctl.d/99-kubernetes.conf', text: 'net.ipv4.ip_forward = 1\nnet.bridge.bridge-nf-call-iptables = 1\n' },
    { path: '/etc/systemd/system/flanneld.service', text: FLANNELD_UNIT(flanneldArguments(cluster, node), ordering) },
    {
      path: '/run/flannel/subnet.env',
      text: `FLANNEL_NETWORK=${cluster.network}\nFLANNEL_SUBNET=${node.gateway}/${node.subnetLength}\nFLANNEL_MTU=${POD_MTU}\nFLANNEL_IPMASQ=true\n`,
    },
    ...(docker
      ? [
          { path: '/etc/systemd/system/docker.service', text: DOCKER_UNIT },
          { path: '/run/flannel/docker', text: dockerOptions(node) },
        ]
      : []),
    ...(cluster.api ? [{ path: '/etc/systemd/system/kube-proxy.service', text: KUBE_PROXY_UNIT(cluster, node) }] : []),
  ];
}

/** A pod's resolv.conf as kubelet writes it, where `ip netns` and captures look for it. */
export function podResolver({ services }: Cluster, pod: LabPod): NodeFile {
  const nameserver = services.find(({ port, protocol }) => port === 53 && protocol === 'udp')?.clusterIp ?? '';
  const search = `${pod.name.split('/')[0]}.svc.cluster.local svc.cluster.local cluster.local`;
  return { path: `/etc/netns/${pod.netns}/resolv.conf`, text: `search ${search}\nnameserver ${nameserver}\noptions ndots:5\n` };
}

const etcdUnit = ({ etcd }: Cluster): string => `[Unit]
Description=etcd - highly-available key value store

[Service]
Type=notify
ExecStart=/usr/bin/etcd --data-dir=/run/etcd --enable-v2=true --listen-client-urls=http://0.0.0.0:2379 --advertise-client-urls=${etcd.endpoint} --listen-peer-urls=http://127.0.0.1:2380
Restart=on-failure
`;

const LEASE_SECONDS = 86_400;

/** etcd's unit, and the keys of a healthy flannel in the form in which the stand-in keeps its own. */
export function etcdFiles(cluster: Cluster): readonly NodeFile[] {
  const hour = 3_600_000;
  const granted = Date.now() - hour;
  const all = [
    { key: configKey(cluster), value: configValue(cluster), lease: '0' },
    ...cluster.nodes.map(({ leaseKey, leaseValue, leaseId }) => ({ key: leaseKey, value: leaseValue, lease: `${BigInt(`0x${leaseId}`)}` })),
  ];
  const keys = all.map((one, at) => ({ ...one, createRevision: at + 2, modRevision: at + 2, version: 1 }));
  const leases = cluster.nodes.map(({ leaseId }) => ({
    id: `${BigInt(`0x${leaseId}`)}`,
    ttl: LEASE_SECONDS,
    expires: granted + LEASE_SECONDS * 1000,
  }));
  return [
    { path: '/etc/systemd/system/etcd.service', text: etcdUnit(cluster) },
    { path: '/run/etcd/stand-in.json', text: JSON.stringify({ revision: keys.length + 1, keys, leases }) },
  ];
}
