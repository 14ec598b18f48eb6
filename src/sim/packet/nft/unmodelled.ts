/** Statements after which nobody knows here what becomes of the packet, each with the reason and the kernel's file. */
export const UNMODELLED_STATEMENTS = {
  queue: 'which queue is computed, and a program in user space decides (net/netfilter/nft_queue.c)',
  fwd: 'where fwd sends the packet is not modelled (net/netfilter/nft_fwd_netdev.c)',
  synproxy: 'synproxy is not modelled (net/netfilter/nft_synproxy.c)',
  flow: 'whether an error takes its connection of TCP into the flowtable is not modelled (net/netfilter/nft_flow_offload.c)',
  limit: 'a limit depends on how many packets came before (net/netfilter/nft_limit.c)',
  timeout: 'how long a connection lives by a policy of timeouts is not captured (net/netfilter/nft_ct.c nft_ct_timeout_obj_eval)',
} as const;
