/**
 * How many seconds connections live where nobody has set it, by what follows `net.netfilter.nf_conntrack_`; the least where kernels
 * differ (net/netfilter/nf_conntrack_proto_tcp.c tcp_timeouts, …_udp.c udp_timeouts, …_sctp.c sctp_timeouts, …_gre.c gre_timeouts,
 * …_icmp.c, …_icmpv6.c, …_generic.c).
 */
export const DEFAULT_TIMEOUTS: Readonly<Record<string, number>> = {
  tcp_timeout_syn_sent: 120,
  tcp_timeout_syn_recv: 60,
  tcp_timeout_established: 432_000,
  tcp_timeout_fin_wait: 120,
  tcp_timeout_close_wait: 60,
  tcp_timeout_last_ack: 30,
  tcp_timeout_time_wait: 120,
  tcp_timeout_close: 10,
  tcp_timeout_max_retrans: 300,
  tcp_timeout_unacknowledged: 300,
  udp_timeout: 30,
  udp_timeout_stream: 120,
  sctp_timeout_closed: 10,
  sctp_timeout_cookie_wait: 3,
  sctp_timeout_cookie_echoed: 3,
  sctp_timeout_established: 210,
  sctp_timeout_shutdown_sent: 3,
  sctp_timeout_shutdown_recd: 3,
  sctp_timeout_shutdown_ack_sent: 3,
  sctp_timeout_heartbeat_sent: 30,
  gre_timeout: 30,
  gre_timeout_stream: 180,
  icmp_timeout: 30,
  icmpv6_timeout: 30,
  generic_timeout: 600,
};
