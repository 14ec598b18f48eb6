import type { Link, TunnelSettings } from '#facts/link/link';
import { familyOf, type Ip } from '#net/ip';
import { mtuOf } from '../ip/mtu.ts';
import { end, type Next, unknown } from '../next.ts';
import type { Packet } from '../packet.ts';
import { lookup } from '../route/lookup.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { namedSource, outerSource, outerTos, wrapped } from './outer.ts';

/** Bytes that each kind adds: the outer IP header, GRE's four, its key's four, an Ethernet header. */
const ADDED: Readonly<Record<TunnelSettings['kind'], number>> = {
  ipip: 20,
  sit: 20,
  gre: 24,
  gretap: 38,
  ip6tnl: 40,
  ip6gre: 44,
  ip6gretap: 58,
};

/** The protocol numbers' names that the outer header has. */
const PROTOCOLS: Readonly<Record<TunnelSettings['kind'], Packet['protocol']>> = {
  ipip: 'ipip',
  sit: 'ipv6',
  gre: 'gre',
  gretap: 'gre',
  ip6tnl: 'ipv6',
  ip6gre: 'gre',
  ip6gretap: 'gre',
};

/** Wraps a packet in IP or GRE (net/ipv4/ip_tunnel.c ip_tunnel_xmit): for the remote, or without one for the next hop of its route. */
export function tunnelTransmit(run: Run, skb: Skb, link: Link, tunnel: TunnelSettings): Next {
  const { stack, packet } = skb;
  const by = [stack.cite('link', link)];
  const dropped = (code: string, says: string): Next => end(skb, { disposition: 'dropped', code, says, by, device: link.name });
  if (tunnel.external === true)
    return unknown(
      skb,
      { of: 'link', scope: stack.scope, why: 'not modelled', detail: `${link.name} takes its remotes from metadata` },
      by,
      link.name,
    );
  const to = tunnel.remote ?? nextHop(skb);
  if (to === undefined) return dropped('NOT_SPECIFIED', `${link.name} knows no remote for ${packet.destination}`);
  const named = typeof tunnel.local === 'string' ? namedSource(run, stack, tunnel.local) : undefined;
  if (named?.is === 'gap') return unknown(skb, named.gap, by, link.name);
  if (named?.is === 'foreign') return dropped('IP_OUTNOROUTES', `it sends from ${tunnel.local}, which is no address of this namespace`);
  const source = tunnel.local ?? outerSource(stack, to, tunnel.dev ?? null, 0);
  if (typeof source === 'object') return unknown(skb, source.gap, by, link.name);
  if (typeof source !== 'string') return dropped('IP_OUTNOROUTES', `no source to reach ${to} from`);
  const way = lookup(run, stack, { source, destination: to, iif: 'lo', oif: tunnel.dev ?? null, mark: 0, packet: null });
  if (way.is === 'gap') return unknown(skb, way.gap, by, link.name);
  if (way.is === 'error') return dropped('IP_OUTNOROUTES', way.says);
  if (way.path.dev === link.name) return dropped('NOT_SPECIFIED', `the way to ${to} leads into ${link.name} itself`);
  const added = ADDED[tunnel.kind] + (tunnel.outKey === null || tunnel.outKey === undefined ? 0 : 4);
  const df = tunnel.pathMtu !== false || (familyOf(packet.destination) === 4 && packet.df);
  const tooBig = overflow(run, skb, link, df, added, way.path);
  if (tooBig !== undefined) return tooBig;
  const isFrame = tunnel.kind === 'gretap' || tunnel.kind === 'ip6gretap';
  const ttl = typeof tunnel.ttl === 'number' && tunnel.ttl > 0 ? tunnel.ttl : packet.ttl;
  const outer = {
    source,
    destination: to,
    protocol: PROTOCOLS[tunnel.kind],
    size: skb.wire + added,
    df,
    ttl,
    tos: outerTos(tunnel.tos, packet.tos ?? 0),
    mark: packet.mark,
  };
  return wrapped(
    skb,
    outer,
    { how: isFrame ? 'ethernet' : 'ip', frame: isFrame ? skb.frame : null, id: tunnel.outKey ?? null },
    ['tunnel', `${link.name} (${tunnel.kind}) wraps it for ${to}`, by],
    tunnel.dev ?? null,
  );
}

/** A tunnel without a remote sends to the gateway of the packet's route. */
const nextHop = ({ path, hop, packet }: Skb): Ip | undefined => {
  const to = path?.via ?? hop ?? packet.destination;
  return familyOf(to) === 4 ? to : undefined;
};

/** What would not fit is told to its sender (tnl_update_pmtu), and remembered. */
function overflow(run: Run, skb: Skb, link: Link, df: boolean, added: number, path: NonNullable<Skb['path']>): Next | undefined {
  const { packet, stack } = skb;
  const whole = df ? mtuOf(run, stack, path, packet.destination) : undefined;
  if (whole === undefined) return undefined;
  const room = whole.value - added;
  if (packet.size <= room) return undefined;
  run.learnMtu(stack, packet.destination, room);
  if (!packet.df && familyOf(packet.destination) === 4) return undefined;
  const says = `${packet.size} bytes do not fit the ${room} that ${link.name} has room for`;
  return end(skb, {
    disposition: 'too big',
    code: 'NOT_SPECIFIED',
    says,
    by: whole.by,
    device: link.name,
    error: { type: 3, code: 4, mtu: room },
  });
}
