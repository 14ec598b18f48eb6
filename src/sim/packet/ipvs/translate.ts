import { familyOf, isLoopback } from '#net/ip';
import { fitted, mtuOf } from '../ip/mtu.ts';
import { end, type Next, unknown } from '../next.ts';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { FactRef } from '../outcome.ts';
import { lookup } from '../route/lookup.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { tracked } from './tracking.ts';

/** Rewrites a client's packet for its server and sends it there as one of this namespace's own (net/netfilter/ipvs/ip_vs_xmit.c ip_vs_nat_xmit). */
export function translate(run: Run, skb: Skb, to: IpvsTrack, by: readonly FactRef[]): Skb | Next {
  const { packet, stack } = skb;
  const dropped = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says, by });
  const way = lookup(run, stack, { source: null, destination: to.server, iif: 'lo', oif: null, mark: 0, packet: null });
  if (way.is === 'gap') return unknown(skb, way.gap, by);
  if (way.is === 'error') return dropped('IP_OUTNOROUTES', `IPVS has no route to ${to.server}: ${way.says}`);
  const isLocal = way.path.does === 'local';
  if (isLocal && skb.in !== null && skb.in.name !== 'lo' && isLoopback(to.server))
    return dropped('NOT_SPECIFIED', `what came from elsewhere is not sent to ${to.server}`);
  if (!isLocal && familyOf(packet.source) === 4 && isLoopback(packet.source))
    return dropped('NOT_SPECIFIED', `the source ${packet.source} does not leave this machine`);
  if (!isLocal && packet.ttl <= 1)
    return end(skb, { disposition: 'dropped', code: 'IP_INHDR', says: 'its TTL ran out', by, error: { type: 11, code: 0 } });
  const bound = { ...packet, destination: to.server, destinationPort: to.serverPort };
  const says = `${to.virtual}:${to.virtualPort} becomes ${to.server}:${to.serverPort} (IPVS)`;
  const changed = (next: Skb['packet']): Skb => ({
    ...skb,
    packet: next,
    ipvs: true,
    track: tracked(skb, { what: 'destination', address: to.server, port: to.serverPort }),
    trail: stepped(skb.trail, 'ipvs', says, by, next),
  });
  if (isLocal) return changed(bound);
  const mtu = mtuOf(run, stack, way.path, to.server);
  const fits = fitted({ ...skb, path: way.path }, mtu);
  if (fits !== undefined) return fits;
  const sent = changed({ ...bound, ttl: packet.ttl - 1 });
  const wire = mtu === undefined ? sent.wire : Math.min(sent.wire, mtu.value);
  return { stage: 'local out', skb: { ...sent, path: way.path, routedFor: to.server, wire } };
}
