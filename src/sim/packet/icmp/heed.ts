import type { Stack } from '#dataplane/stack';
import { familyOf, type Ip } from '#net/ip';
import { isAnswerTo } from '../is-answer.ts';
import type { End } from '../next.ts';
import type { Run } from '../run.ts';
import type { Sender } from '../socket/sender.ts';
import { setting } from '../setting.ts';
import { settingValue } from '../setting-on.ts';

/** No path of IPv6 takes less, whatever a router says (net/ipv6/route.c __ip6_rt_update_pmtu). */
const SMALLEST6 = 1280;
/** net.ipv4.route.min_pmtu as it is by itself: a path of IPv4 is believed to take this much (net/ipv4/route.c __ip_rt_update_pmtu). */
const SMALLEST4 = 552;

/**
 * What a stack learns of an error that reached it: how much a path takes where an echo of IPv6, or its own answer to one, was too
 * big (net/ipv6/icmp.c icmpv6_err), and where a socket's packet was (net/ipv4/udp.c __udp4_lib_err). A raw socket that writes
 * headers by itself hears of nothing.
 */
export function heed(run: Run, { skb, disposition }: End, sender?: Pick<Sender, 'stack' | 'sent'>): void {
  const { stack, packet } = skb;
  const { inner, mtu } = packet.icmp ?? {};
  if (disposition !== 'delivered' || inner === undefined || mtu === undefined) return;
  const isHeard = sender !== undefined && sender.stack === stack && isAnswerTo(packet, sender.sent);
  if (isHeard || (inner.icmp !== null && familyOf(packet.source) === 6)) learnPath(run, stack, inner.destination, mtu);
}

/** Remembers how much a path takes, by what a router said of it. */
export function learnPath(run: Run, stack: Stack, destination: Ip, mtu: number): void {
  if (familyOf(destination) === 4) {
    const asked = setting(stack, 'net.ipv4.route.min_pmtu');
    const why = `a path is believed to take no less than it: ${mtu} to ${destination}`;
    // what is more than any kernel asks for by itself is believed
    const smallest = asked.is === 'gap' && mtu >= SMALLEST4 ? SMALLEST4 : settingValue(run, stack, asked, [SMALLEST4, mtu], why);
    run.learnMtu(stack, destination, Math.max(mtu, smallest));
  } else if (mtu >= SMALLEST6) run.learnMtu(stack, destination, mtu);
}
