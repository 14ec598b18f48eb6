import type { Hook } from '../iptables/context.ts';
import type { End } from '../next.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { answered, isBalanced, keep } from './connection.ts';
import { quotes } from './quoted.ts';
import { stateAfter } from './state.ts';
import { tracked } from './tracking.ts';

/** A real server's answer gets the virtual server's address back (net/netfilter/ipvs/ip_vs_core.c ip_vs_out_hook, handle_response). */
export function answers(run: Run, skb: Skb, hook: Hook): Skb | End {
  const { packet, stack } = skb;
  if (skb.ipvs) return skb;
  if (packet.icmp !== null) return quotes(run, skb, 'answers') ?? skb;
  if (!isBalanced(packet)) return skb;
  const found = answered(run, stack, packet);
  if (found === undefined) return skb;
  const { track, by } = found;
  keep(run, stack, packet.tcp === null ? track : { ...track, state: stateAfter(track.state, packet.tcp, 'answer') });
  const back = { ...packet, source: track.virtual, sourcePort: track.virtualPort };
  const says = `source ${packet.source}:${packet.sourcePort} becomes ${track.virtual}:${track.virtualPort} (IPVS)`;
  const changed: Skb = {
    ...skb,
    packet: back,
    ipvs: true,
    track: tracked(skb, { what: 'source', address: track.virtual, port: track.virtualPort }),
    trail: stepped(skb.trail, 'ipvs', says, by, back),
  };
  // an answer goes the way of this namespace's own packets, unless it is for this namespace (ip_vs_route_me_harder)
  const isOnItsWay = hook !== 'INPUT' && skb.path?.does !== 'local';
  return isOnItsWay && (setting(stack, 'net.ipv4.vs.snat_reroute')?.value ?? 1) > 0 ? { ...changed, reroute: true } : changed;
}
