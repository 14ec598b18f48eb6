import type { Link, TunnelSettings } from '#facts/link/link';
import { familyOf } from '#net/ip';
import { end, type Next, unknown } from '../next.ts';
import type { Carried, Skb } from '../skb.ts';
import { innerTos, unwrapped, withTos } from './outer.ts';
import { untoldTunnel } from './untold.ts';

const KINDS: Readonly<Record<string, readonly TunnelSettings['kind'][]>> = {
  ipip: ['ipip'],
  ipv6: ['sit', 'ip6tnl'],
  gre: ['gre', 'ip6gre'],
  'gre ethernet': ['gretap', 'ip6gretap'],
};

/** How exactly a tunnel is for a packet: both ends, the far one, its own, or any (ip_tunnel_lookup). Below 0: not at all. */
function closeness({ remote, local, inKey }: TunnelSettings, { packet }: Skb, key: number | null): number {
  if ((inKey ?? null) !== key) return -1;
  if (remote !== null && remote !== undefined && remote !== packet.source) return -1;
  if (local !== null && local !== undefined && local !== packet.destination) return -1;
  return (remote === null || remote === undefined ? 0 : 2) + (local === null || local === undefined ? 0 : 1);
}

/** A device that may take packets of a tunnel's protocol, whatever they carry. */
export const tunnelFor = ({ stack, packet: { protocol } }: Pick<Skb, 'stack' | 'packet'>): Link | undefined => {
  const kinds = [...(KINDS[protocol] ?? []), ...(KINDS[`${protocol} ethernet`] ?? [])];
  return stack.links.is === 'seen'
    ? stack.links.table.tunnels.find(({ tunnel }) => tunnel != null && kinds.includes(tunnel.kind))
    : undefined;
};

/** What brings one module that takes both of its protocols for all tunnels in IPv4 (net/ipv4/tunnel4.c). */
const TUNNEL4: readonly TunnelSettings['kind'][] = ['ipip', 'sit'];

/**
 * Whether IPv4 knows a tunnel's protocol without a device for it: IP in IP and IPv6 in IPv4 have one module, and what loads it puts its
 * own device into every namespace (tunl0, sit0), so that one shows it. Then a packet that none takes finds no port (tunnel4_rcv, tunnel64_rcv).
 */
export const isHandled = ({ stack, packet: { protocol, destination } }: Pick<Skb, 'stack' | 'packet'>): boolean =>
  (protocol === 'ipip' || protocol === 'ipv6') &&
  familyOf(destination) === 4 &&
  stack.links.is === 'seen' &&
  stack.links.table.tunnels.some(({ tunnel }) => tunnel != null && TUNNEL4.includes(tunnel.kind));

/** Unwraps IP in IP or GRE: the device whose ends fit best takes it (net/ipv4/ipip.c ipip_rcv, ip_gre.c gre_rcv, ip_tunnel.c ip_tunnel_rcv). */
export function tunnelReceive(skb: Skb, carried: Carried): Next {
  const { stack, packet } = skb;
  const kinds = KINDS[carried.how === 'ethernet' ? 'gre ethernet' : packet.protocol] ?? [];
  const all =
    stack.links.is === 'seen' ? stack.links.table.tunnels.filter(({ tunnel }) => tunnel != null && kinds.includes(tunnel.kind)) : [];
  let best: Link | undefined;
  let closest = -1;
  for (const one of all) {
    const near = one.up === false || one.tunnel == null ? -1 : closeness(one.tunnel, skb, carried.id);
    if (near > closest) [best, closest] = [one, near];
  }
  const untold = best === undefined ? untoldTunnel(stack) : undefined;
  if (untold !== undefined) return unknown(skb, untold);
  if (best === undefined) {
    const says = `no tunnel of this namespace takes ${packet.protocol} from ${packet.source}`;
    const by = all.map((link) => stack.cite('link', link));
    // without any such device nobody takes the protocol at all
    const isKnown = all.length > 0 || isHandled(skb);
    const code = isKnown ? 'NOT_SPECIFIED' : 'IP_NOPROTO';
    return end(skb, { disposition: 'no listener', code, says, by, error: { type: 3, code: isKnown ? 3 : 2 } });
  }
  const by = [stack.cite('link', best)];
  const tos = innerTos(packet, carried.packet);
  if (tos === undefined) {
    const says = `it met congestion outside, of which what ${best.name} unwraps cannot tell (ECN)`;
    return end(skb, { disposition: 'dropped', code: 'NOT_SPECIFIED', says, by, device: best.name });
  }
  return unwrapped(skb, withTos(carried, tos), best, ['tunnel', `${best.name} unwraps it`, by]);
}
