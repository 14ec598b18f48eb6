import { familyOf } from '#net/ip';
import type { End } from '../next.ts';
import type { Run } from '../run.ts';

/** No path of IPv6 takes less, whatever a router says (net/ipv6/route.c __ip6_rt_update_pmtu). */
const SMALLEST6 = 1280;

/**
 * What a stack learns of an error that reached it, with nobody's help: how much a path takes where an echo of IPv6, or its own
 * answer to one, was too big (net/ipv6/icmp.c icmpv6_err). Of every other packet only the socket that sent it learns.
 */
export function heed(run: Run, { skb, disposition }: End): void {
  const { stack, packet } = skb;
  const { inner, mtu } = packet.icmp ?? {};
  if (disposition !== 'delivered' || inner === undefined || inner.icmp === null || mtu === undefined) return;
  if (familyOf(packet.source) === 6 && mtu >= SMALLEST6) run.learnMtu(stack, inner.destination, mtu);
}
