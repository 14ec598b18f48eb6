import { netfilter } from '../netfilter/hook.ts';
import type { Next } from '../next.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { deliverToSocket } from '../socket/socket.ts';
import { ipvlanInside } from '../stacked/ipvlan.ts';
import { unwrap } from '../tunnel/unwrap.ts';

/** Takes a packet in: INPUT, then who it is for (net/ipv4/ip_input.c ip_local_deliver, net/ipv6/ip6_input.c ip6_input). */
export function deliver(run: Run, skb: Skb): Next {
  const passed = netfilter(run, skb, 'INPUT', { in: skb.in, out: null });
  if ('stage' in passed) return passed;
  const inside = ipvlanInside(run, passed);
  if (inside !== undefined) {
    if ('stage' in inside) return inside;
    const { stack, link } = inside;
    return deliverToSocket(run, { ...passed, stack, in: link, trail: { before: passed.trail, enters: stack, in: null } });
  }
  // a rule's socket takes a tunnel's packet from the tunnel's own (net/ipv4/udp.c __udp4_lib_rcv, include/net/inet_hashtables.h inet_steal_sock)
  const { carries, diverted } = passed;
  return carries === null || diverted !== null ? deliverToSocket(run, passed) : unwrap(run, passed, carries);
}
