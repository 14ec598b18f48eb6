import { chainOwner } from '#facts/iptables/owner';

/** The programs that put rules, routes and devices on a node. */
export type Program = string;

type Named = readonly (readonly [RegExp, Program])[];

const of = (names: Named, name: string): Program | null => names.find(([pattern]) => pattern.test(name))?.[1] ?? null;

/** Both write the same rule against packets to 127.0.0.0/8 from elsewhere (pkg/kubelet/kubelet_network_linux.go, pkg/proxy/iptables). */
const KUBELET_OR_PROXY = 'kubelet or kube-proxy';

/** Chains whose names tell more exactly than their first letters who makes them. */
const CHAINS: Named = [
  [/^KUBE-FIREWALL$/, KUBELET_OR_PROXY],
  [/^KUBE-(KUBELET-CANARY|IPTABLES-HINT|MARK-DROP)$/, 'kubelet'],
  [/^KUBE-(ROUTER|NWPLCY|POD-FW)-/, 'kube-router'],
  [/^(CNI-(HOSTPORT|DN|SN)-|CNI-ADMIN$)/, 'CNI portmap'],
  [/^CNI-[0-9a-f]{8,}/, 'CNI bridge'],
  [/^ISTIO_/, 'Istio'],
  [/^LIBVIRT_/, 'libvirt'],
  [/^(OLD_)?CILIUM_/, 'Cilium'],
  [/^ANTREA-/, 'Antrea'],
  [/^AWS-(SNAT|CONNMARK)-CHAIN-/, 'Amazon VPC CNI'],
  [/^AZURE-NPM/, 'Azure NPM'],
  [/^IP-MASQ(-AGENT)?$/, 'ip-masq-agent'],
  [/^OVN-KUBE-/, 'OVN-Kubernetes'],
  [/^nm-/, 'NetworkManager'],
  [/^(TS|ts)-/, 'Tailscale'],
];

/** The program that makes a chain of this name. */
export const programOfChain = (chain: string): Program | null => of(CHAINS, chain) ?? chainOwner(chain);

const TABLES: Named = [
  [/^kube-proxy$/, 'kube-proxy'],
  [/^flannel-ipv[46]$/, 'flanneld'],
  [/^(cali(co)?)$/, 'Calico'],
  [/^firewalld$/, 'firewalld'],
  [/^docker-bridges$/, 'Docker'],
  [/^libvirt_network$/, 'libvirt'],
  [/^cni_plugins_masquerade$/, 'CNI bridge'],
  [/^cni_hostport$/, 'CNI portmap'],
  [/^kube-network-policies$/, 'kube-network-policies'],
  [/^istio/, 'Istio'],
];

/** The program that makes a native nftables table of this name. */
export const programOfTable = (table: string): Program | null => of(TABLES, table);

const SETS: Named = [
  [/^cali[46]0/, 'Calico'],
  [/^(inet6:)?(kube-router|KUBE-(SRC|DST)-)/, 'kube-router'],
  [/^KUBE-/, 'kube-proxy'],
  [/^cilium_/, 'Cilium'],
  [/^weave-/, 'Weave'],
  [/^f2b-/, 'fail2ban'],
  [/^docker/, 'Docker'],
];

/** The program that makes an ipset of this name. */
export const programOfSet = (name: string): Program | null => of(SETS, name);

const DEVICES: Named = [
  [/^flannel(\.\d+|-v6\.\d+|-wg(-v6)?|\d+|\.ipip)$/, 'flanneld'],
  [/^(cali[0-9a-f]{11}|vxlan\.calico|vxlan-v6\.calico|wireguard\.cali|wg-v6\.cali|tunl0)$/, 'Calico'],
  [/^(cilium_|lxc[0-9a-f])/, 'Cilium'],
  [/^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/, 'Docker'],
  [/^(cni0|cbr0|cni-podman\d+)$/, 'CNI bridge'],
  [/^kube-ipvs0$/, 'kube-proxy'],
  [/^nodelocaldns$/, 'NodeLocal DNSCache'],
  [/^(virbr\d+(-nic)?|vnet\d+)$/, 'libvirt'],
  [/^(kube-bridge|kube-dummy-if)$/, 'kube-router'],
  [/^(weave|vethwe-)/, 'Weave'],
  [/^eni[0-9a-f]{11}$/, 'Amazon VPC CNI'],
  [/^azv/, 'Azure CNI'],
  [/^tailscale\d+$/, 'Tailscale'],
  [/^lo$/, 'the kernel'],
];

/** The program that makes a device of this name. */
export const programOfDevice = (device: string): Program | null => of(DEVICES, device);

/** Daemons by the protocol that a route says (rtnetlink's numbers, as iproute2 names them). */
const PROTOCOLS: Named = [
  [/^bird$/, 'Calico (BIRD)'],
  [/^dhcp$/, 'the DHCP client'],
  [/^ra$/, 'IPv6 router advertisements'],
  [/^(zebra|bgp)$/, 'FRR'],
  [/^80$/, 'Calico'],
];

/** The program that gives its routes this protocol. */
export const programOfProtocol = (protocol: string): Program | null => of(PROTOCOLS, protocol);

const COMMENTS: Named = [
  [/^cali:/, 'Calico'],
  [/flanneld/, 'flanneld'],
  [/NodeLocal DNS Cache/, 'NodeLocal DNSCache'],
  [/^cilium/i, 'Cilium'],
  [/^(block incoming localnet connections)/, KUBELET_OR_PROXY],
  [/kubernetes|^[a-z0-9-]+\/[a-z0-9-]+(:[a-z0-9-]+)?( |$)/, 'kube-proxy'],
  [/^name: ".*" id: "/, 'CNI bridge'],
  [/^dnat name:/, 'CNI portmap'],
  [/istio/i, 'Istio'],
];

/** The program that words its comments so. */
export const programOfComment = (comment: string): Program | null => of(COMMENTS, comment);
