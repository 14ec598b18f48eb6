import { type End, unknown } from '../next.ts';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { answered, requested } from './connection.ts';

const turned = (packet: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  sourcePort: packet.destinationPort,
  destination: packet.source,
  destinationPort: packet.sourcePort,
});

/** An ICMP error about a connection of IPVS (ip_vs_in_icmp, ip_vs_out_icmp): what becomes of it is not modelled. Nothing for any other. */
export function quotes(run: Run, skb: Skb, way: 'requests' | 'answers'): End | undefined {
  const inner = skb.packet.icmp?.inner;
  if (inner === undefined) return undefined;
  const found = way === 'requests' ? requested(run, skb.stack, turned(inner)) : answered(run, skb.stack, turned(inner));
  if (found === undefined) return undefined;
  const detail = `an ICMP error about a connection of IPVS to ${found.track.virtual}:${found.track.virtualPort} is not modelled`;
  return unknown(skb, { of: 'ipvs-connection', scope: skb.stack.scope, why: 'not modelled', detail }, found.by);
}
