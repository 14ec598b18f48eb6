import { TUNNEL_PORTS } from '../judge/sightings.ts';
import type { ModelConnection } from '../stage/model.ts';
import type { Sent } from './rounds.ts';

/** The ports that a conversation's packets were seen to leave tunnels from, by both ends of the tunnel. */
export type TunnelPorts = ReadonlyMap<string, ReadonlySet<number>>;

/** What of a packet tells around what it was seen. */
type Sighted = { readonly sent: Pick<Sent, 'seen'> };

/** A tunnel's port is a hash of the inside, which the wire alone tells (net/ipv4/udp_tunnel_core.c udp_flow_src_port). */
export function tunnelPortsOf(judged: readonly Sighted[]): TunnelPorts {
  const found = new Map<string, Set<number>>();
  for (const { header } of judged.flatMap(({ sent }) => sent.seen)) {
    if (header.inner === undefined) continue;
    const ends = `${header.source} ${header.destination} ${header.dport}`;
    found.set(ends, (found.get(ends) ?? new Set()).add(header.sport));
  }
  return found;
}

/** Whether a connection is a tunnel's, whose port a hash makes: what has the same hash shares it. */
export const isTunnel = ({ original: { protocol, dport, drawn } }: Pick<ModelConnection, 'original'>): boolean =>
  protocol === 'udp' && drawn?.source !== undefined && dport !== undefined && TUNNEL_PORTS.includes(dport);

/** The entries that a tunnel's connection can be, by the ports that were seen; nothing where none was, or NAT gave it another. */
export function seenKeys({ original, reply }: ModelConnection, ports: TunnelPorts): readonly string[] {
  const { source, destination, sport, dport } = original;
  const isPlain = reply.source === destination && reply.destination === source && reply.destinationPort === sport;
  const own = isPlain && isTunnel({ original }) ? ports.get(`${source} ${destination} ${dport}`) : undefined;
  return [...(own ?? [])].map((port) => `udp ${source} ${destination} ${port} ${dport}`);
}
