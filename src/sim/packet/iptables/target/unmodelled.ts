/** Targets of the kernel after which nobody knows here what becomes of the packet, each with the reason and the kernel's file. */
export const UNMODELLED_TARGETS: Readonly<Record<string, string>> = {
  CLUSTERIP: 'which node answers for a shared address is not walked (net/ipv4/netfilter/ipt_CLUSTERIP.c)',
  DNPT: 'prefixes that are translated without a connection are not walked (net/ipv6/netfilter/ip6t_NPT.c)',
  HMARK: 'the hash that makes the mark is not walked (net/netfilter/xt_HMARK.c)',
  SNPT: 'prefixes that are translated without a connection are not walked (net/ipv6/netfilter/ip6t_NPT.c)',
  SYNPROXY: 'the handshake that the kernel makes in the place of a server is not walked (net/ipv4/netfilter/ipt_SYNPROXY.c)',
};
