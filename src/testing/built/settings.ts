import type { Bare } from './written.ts';

/** Settings of one device; a dot in its name is a slash, as sysctl writes it. */
const PER_DEVICE: Readonly<Record<string, string>> = {
  accept_local: '0',
  arp_announce: '0',
  arp_ignore: '0',
  forwarding: '1',
  log_martians: '0',
  proxy_arp: '0',
  route_localnet: '0',
  rp_filter: '0',
  send_redirects: '1',
  src_valid_mark: '0',
};

const EVERYWHERE: Readonly<Record<string, string>> = {
  'net.ipv4.icmp_echo_ignore_all': '0',
  'net.ipv4.icmp_echo_ignore_broadcasts': '1',
  'net.ipv4.ip_default_ttl': '64',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.ip_nonlocal_bind': '0',
  'net.ipv4.fib_multipath_hash_policy': '0',
  'net.ipv4.tcp_keepalive_time': '7200',
  'net.ipv4.tcp_retries2': '15',
  'net.bridge.bridge-nf-call-arptables': '1',
  'net.bridge.bridge-nf-call-ip6tables': '1',
  'net.bridge.bridge-nf-call-iptables': '1',
  'net.bridge.bridge-nf-pass-vlan-input-dev': '0',
  'net.ipv6.conf.all.disable_ipv6': '1',
  'net.ipv6.conf.default.disable_ipv6': '1',
  'net.ipv6.conf.all.forwarding': '0',
  'net.ipv4.neigh.default.gc_thresh3': '1024',
  'net.ipv6.neigh.default.gc_thresh3': '1024',
  'net.netfilter.nf_conntrack_count': '120',
  'net.netfilter.nf_conntrack_max': '262144',
  'net.netfilter.nf_conntrack_tcp_be_liberal': '0',
  'net.netfilter.nf_conntrack_tcp_loose': '1',
};

/** The kernel settings of a namespace with these devices. */
export function settings(devices: readonly string[], forwarding: boolean): readonly Bare<'sysctl'>[] {
  const forward = forwarding ? '1' : '0';
  const own = ['all', 'default', ...devices].flatMap((device) =>
    Object.entries({ ...PER_DEVICE, forwarding: forward }).map(
      ([name, value]) => [`net.ipv4.conf.${device.replaceAll('.', '/')}.${name}`, value] as const,
    ),
  );
  const all = [...Object.entries(EVERYWHERE), ['net.ipv4.ip_forward', forward] as const, ...own];
  return all.map(([name, value]) => ({ name, value })).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The file by which a node keeps its settings over a reboot. */
export const SETTINGS_FILE: Bare<'sysctl-file'> = {
  path: '/etc/sysctl.d/99-kubernetes.conf',
  settings: [
    { name: 'net.ipv4.ip_forward', value: '1', line: 1, optional: false },
    { name: 'net.bridge.bridge-nf-call-iptables', value: '1', line: 2, optional: false },
  ],
};
