import { familyOf, isLoopback } from '#net/ip';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import { fitted, mtuOf } from '../ip/mtu.ts';
import { end, type Next, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import { lookup } from '../route/lookup.ts';
import type { Path } from '../route/path.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { outerSource, outerTos, wrapped } from '../tunnel/outer.ts';
import { rewritten } from './quoted.ts';
import { tracked, untouched } from './tracking.ts';

/** Sends a client's packet to its server as one of this namespace's own, by the server's method (net/netfilter/ipvs/ip_vs_xmit.c ip_vs_nat_xmit, ip_vs_dr_xmit, ip_vs_tunnel_xmit). */
export function passOn(run: Run, skb: Skb, to: IpvsTrack, by: readonly FactRef[]): Skb | Next {
  if (to.forward === 'local') return asItIs(run, skb);
  const path = wayTo(run, skb, to, by);
  if ('stage' in path) return path;
  const isLocal = path.does === 'local';
  if (to.forward !== undefined && isLocal) return asItIs(run, skb);
  const room = to.forward === 'tunnel' ? HEADER[familyOf(to.server)] : 0;
  const mtu = isLocal ? undefined : mtuOf(run, skb.stack, path, to.server);
  // an error is sent in pieces rather than answered by another
  const fits = isLocal || skb.packet.icmp !== null ? undefined : fitted({ ...skb, path }, mtu && { ...mtu, value: mtu.value - room });
  if (fits !== undefined) return fits;
  const lowered = isLocal ? skb : { ...skb, packet: { ...skb.packet, ttl: skb.packet.ttl - 1 } };
  if (to.forward === 'tunnel') return tunnelled(run, lowered, to, by);
  const changed = to.forward === 'route' ? routed(run, lowered, to, by) : translated(run, lowered, to, by);
  if (isLocal) return changed;
  const wire = mtu === undefined ? changed.wire : Math.min(changed.wire, mtu.value);
  const hop = to.forward === 'route' ? { ...path, via: path.via ?? to.server } : path;
  return { stage: 'local out', skb: { ...changed, path: hop, routedFor: changed.packet.destination, wire } };
}

/** What is for a server of this very namespace goes on as it came (ip_vs_null_xmit). */
const asItIs = (run: Run, skb: Skb): Skb => ({ ...skb, ipvs: true, track: untouched(run, skb) });

/** The IP header that a tunnel puts around a packet. */
const HEADER = { 4: 20, 6: 40 } as const;

/** The route to a server, or why nothing is sent by it (__ip_vs_get_out_rt). */
function wayTo(run: Run, skb: Skb, { server, forward }: IpvsTrack, by: readonly FactRef[]): Path | Next {
  const { packet, stack } = skb;
  const dropped = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says, by });
  const way = lookup(run, stack, { source: null, destination: server, iif: 'lo', oif: null, mark: 0, packet: null });
  if (way.is === 'gap') return unknown(skb, way.gap, by);
  if (way.is === 'error') return dropped('IP_OUTNOROUTES', `IPVS has no route to ${server}: ${way.says}`);
  const isLocal = way.path.does === 'local';
  if (forward === undefined && isLocal && skb.in !== null && skb.in.name !== 'lo' && isLoopback(server))
    return dropped('NOT_SPECIFIED', `what came from elsewhere is not sent to ${server}`);
  if (!isLocal && familyOf(packet.source) === 4 && isLoopback(packet.source))
    return dropped('NOT_SPECIFIED', `the source ${packet.source} does not leave this machine`);
  if (!isLocal && packet.ttl <= 1)
    return end(skb, { disposition: 'dropped', code: 'IP_INHDR', says: 'its TTL ran out', by, error: { type: 11, code: 0 } });
  return way.path;
}

/** With the server's address and port in the place of the virtual ones. */
function translated(run: Run, skb: Skb, to: IpvsTrack, by: readonly FactRef[]): Skb {
  const { packet } = skb;
  const bound =
    packet.icmp === null ? { ...packet, destination: to.server, destinationPort: to.serverPort } : rewritten(packet, to, 'requests');
  const says = `${to.virtual}:${to.virtualPort} becomes ${to.server}:${to.serverPort} (IPVS)`;
  return {
    ...skb,
    packet: bound,
    ipvs: true,
    track: tracked(run, skb, { what: 'destination', address: to.server, port: to.serverPort }),
    trail: stepped(skb.trail, 'ipvs', says, by, bound),
  };
}

/** As it is, to the server's station. */
function routed(run: Run, skb: Skb, { virtual, server }: IpvsTrack, by: readonly FactRef[]): Skb {
  const says = `${server} gets what is for ${virtual}, as it is (IPVS)`;
  return { ...skb, ipvs: true, track: untouched(run, skb), trail: stepped(skb.trail, 'ipvs', says, by, skb.packet) };
}

/** Wrapped in IP for the server; what was tracked ends here (ip_vs_tunnel_xmit_prepare). */
function tunnelled(run: Run, skb: Skb, { virtual, server }: IpvsTrack, by: readonly FactRef[]): Next {
  const { packet, stack } = skb;
  const source = outerSource(stack, server, null, 0);
  const dropped = (says: string): Next => end(skb, { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by });
  if (source === undefined) return dropped(`no source to reach ${server} from`);
  if (typeof source !== 'string') return unknown(skb, source.gap, by);
  const connection = untouched(run, skb)?.connection ?? null;
  if (connection !== null && !connection.confirmed) run.confirm(stack, connection);
  const family = familyOf(server);
  const df = packet.df && isOn(run, stack, setting(stack, 'net.ipv4.vs.pmtu_disc'), 'what IPVS wraps may be fragmented');
  const outer = {
    source,
    destination: server,
    protocol: familyOf(packet.destination) === 4 ? 'ipip' : 'ipv6',
    size: skb.wire + HEADER[family],
    df,
    ttl: packet.ttl,
    tos: outerTos('inherit', packet.tos ?? 0),
    mark: packet.mark,
  } as const;
  const says = `${server} gets what is for ${virtual}, wrapped in IP (IPVS)`;
  return wrapped({ ...skb, ipvs: true }, outer, { how: 'ip', frame: null, id: null }, ['ipvs', says, by]);
}
