import type { Target } from '../effect.ts';

/** `-j REJECT`: drops the packet and answers it (net/ipv4/netfilter/ipt_REJECT.c reject_tg, net/ipv6/netfilter/ip6t_REJECT.c reject_tg6). */
export const reject: Target = (options) => {
  const kind = options.get('reject-with')?.value;
  return ({ packet }) => ({
    does: 'reject',
    with: kind ?? (packet.source.includes(':') ? 'icmp6-port-unreachable' : 'icmp-port-unreachable'),
  });
};
