import { entryOf } from '#net/entry';

/** What a kernel does that has no setting of this name, because it is older or the module is not there, where that is not the same as 0. */
const WITHOUT: Readonly<Record<string, number>> = {
  // of each device
  send_redirects: 1,
  // net/ipv4/icmp.c icmp_sk_init, net/ipv6/icmp.c icmpv6_sk_init
  'net.ipv4.icmp_echo_ignore_broadcasts': 1,
  'net.ipv4.icmp_ratelimit': 1000,
  'net.ipv4.icmp_ratemask': 0x1818,
  'net.ipv4.icmp_msgs_per_sec': 1000,
  'net.ipv6.icmp.ratelimit': 1000,
  // include/net/sock.h PROT_SOCK
  'net.ipv4.ip_unprivileged_port_start': 1024,
  // net/ipv4/route.c DEFAULT_MIN_PMTU
  'net.ipv4.route.min_pmtu': 552,
  // net/ipv4/arp.c arp_tbl, net/ipv6/ndisc.c nd_tbl
  'net.ipv4.neigh.default.gc_thresh3': 1024,
  'net.ipv6.neigh.default.gc_thresh3': 1024,
  // net/netfilter/nf_conntrack_standalone.c, nf_conntrack_proto_tcp.c
  'net.netfilter.nf_conntrack_checksum': 1,
  'net.netfilter.nf_conntrack_tcp_loose': 1,
  // net/netfilter/ipvs/ip_vs_ctl.c ip_vs_control_net_init_sysctl
  'net.ipv4.vs.snat_reroute': 1,
  'net.ipv4.vs.pmtu_disc': 1,
};

/** What a kernel does without a setting: nothing of what it would switch on, or what was always done before it could be set. */
export const withoutSetting = (name: string): number => entryOf(WITHOUT, name) ?? 0;
