import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Hook } from '../iptables/context.ts';
import { type End, unknown } from '../next.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { answered, isBalanced, keep } from './connection.ts';
import { quoted, rewritten } from './quoted.ts';
import { stateAfter } from './state.ts';
import { tracked, untouched } from './tracking.ts';

/** A real server's answer gets the virtual server's address back (net/netfilter/ipvs/ip_vs_core.c ip_vs_out_hook, handle_response). */
export function answers(run: Run, skb: Skb, hook: Hook): Skb | End {
  const { packet, stack } = skb;
  if (skb.ipvs) return skb;
  const found = packet.icmp !== null ? quoted(run, skb, 'answers') : isBalanced(packet) ? answered(run, stack, packet) : undefined;
  if (found === undefined) return skb;
  const { track, by } = found;
  if (packet.icmp === null) keep(run, stack, packet.tcp === null ? track : { ...track, state: stateAfter(track, packet.tcp, 'answer') });
  if (track.forward !== undefined) return { ...skb, ipvs: true, track: untouched(run, skb) };
  if (packet.icmp !== null && familyOf(packet.destination) === 6 && !isSummed(run, skb)) return unknown(skb, notSummed(skb), by);
  const back =
    packet.icmp === null ? { ...packet, source: track.virtual, sourcePort: track.virtualPort } : rewritten(packet, track, 'answers');
  const says = `source ${packet.source}:${packet.sourcePort} becomes ${track.virtual}:${track.virtualPort} (IPVS)`;
  const changed: Skb = {
    ...skb,
    packet: back,
    ipvs: true,
    track: tracked(run, skb, { what: 'source', address: track.virtual, port: track.virtualPort }),
    trail: stepped(skb.trail, 'ipvs', says, by, back),
  };
  // an answer goes the way of this namespace's own packets, unless it is for this namespace (ip_vs_route_me_harder)
  const isOnItsWay = hook !== 'INPUT' && skb.path?.does !== 'local';
  const why = 'an answer of IPVS may be routed anew';
  return isOnItsWay && isOn(run, stack, setting(stack, 'net.ipv4.vs.snat_reroute'), why) ? { ...changed, reroute: true } : changed;
}

/** Whether conntrack has summed a packet that came in (nf_conntrack_icmpv6_error). */
const isSummed = (run: Run, { stack, track, in: device }: Skb): boolean =>
  device !== null &&
  track !== null &&
  track.state !== 'UNTRACKED' &&
  isOn(run, stack, setting(stack, 'net.netfilter.nf_conntrack_checksum'), 'conntrack may have checked the sum');

/** IPVS sums an error of ICMPv6 itself where nobody has, forgets the addresses, and drops it (handle_response_icmp). */
const notSummed = ({ stack }: Skb): Gap => ({
  of: 'ipvs-connection',
  scope: stack.scope,
  why: 'not told',
  detail: 'whether a device has checked the sum of an ICMPv6 error is not told: IPVS drops what nobody has checked',
});
