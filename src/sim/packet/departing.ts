import { answering } from './answer.ts';
import { carried } from './conntrack/carried.ts';
import { routed } from './ip/routed.ts';
import type { End, Next } from './next.ts';
import type { Packet } from './packet.ts';
import type { Run } from './run.ts';
import type { Frame, Skb } from './skb.ts';

/**
 * An answer as it leaves the stack that sends it. A rule's reset about what came in by a port of a bridge goes straight out by that
 * port, to the station that it came from, and passes no hook; without a route to its sender it is not sent
 * (net/ipv4/netfilter/nf_reject_ipv4.c nf_send_reset, net/ipv6/netfilter/nf_reject_ipv6.c nf_send_reset6).
 */
export function departing(run: Run, way: End, packet: Packet): Next {
  const skb: Skb = { ...answering(way, packet), track: carried(run, way, packet) };
  const { bridged, frame } = way.skb;
  const isReset = way.disposition === 'rejected' && packet.tcp?.rst === true;
  if (!isReset || bridged === null || frame === null) return { stage: 'output', skb };
  const answer = routed(run, skb);
  return 'stage' in answer ? answer : { stage: 'transmit', skb: { ...answer, frame: turned(frame) }, link: bridged.physIn };
}

const turned = ({ from, to }: Frame): Frame => ({ from: to, to: from });
