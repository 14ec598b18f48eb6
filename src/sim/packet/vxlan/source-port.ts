import type { Packet } from '../packet.ts';
import { labelText } from '../route/hashed.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';

/** Ports that a tunnel's packets come from (net.ipv4.ip_local_port_range as it is by itself). */
export const SOURCE_PORTS = [32768, 60998] as const;

/**
 * A hash of the inner flow, so that one connection keeps to one way; the kernel's is salted, so nobody knows which it is
 * (net/ipv4/udp_tunnel_core.c udp_flow_src_port). It stands for one port of many: two flows that this hash would give the same have
 * different ones.
 */
export function sourcePortOf(run: Run, { stack, packet, labelled }: Pick<Skb, 'stack' | 'packet' | 'labelled'>): number {
  const [first, last] = SOURCE_PORTS;
  const count = last - first + 1;
  const flow = hashOf(labelled === null ? flowOf(packet) : `${flowOf(packet)} labelled ${labelText(labelled)}`);
  for (let tried = 0; tried < count; tried++) {
    const port = first + ((flow + tried) % count);
    const place = `${stack.key} tunnel port ${port}`;
    const other = run.notes.picked(place);
    if (other === undefined) run.notes.keepPick(place, flow);
    if (other === undefined || other === flow) return port;
  }
  return first;
}

/** Pieces of a packet have no ports for it, and ICMP has none at all (net/core/flow_dissector.c flow_keys_dissector). */
function flowOf({ protocol, source, destination, sourcePort, destinationPort, fragment }: Packet): string {
  const ports = fragment === undefined ? `${sourcePort}>${destinationPort}` : '';
  return `${protocol} ${source}>${destination} ${ports}`;
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}
