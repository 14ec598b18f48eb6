import { familyOf } from '#net/ip';
import type { IpvsTrack } from '#facts/ipvs-connection/ipvs-connection';
import type { Packet } from '../packet.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { answered, type Known, requested, turned } from './connection.ts';

/** The errors of ICMP that IPVS looks into: unreachable, quench, time exceeded; of ICMPv6 it looks into all. */
const LOOKED_INTO: readonly number[] = [3, 4, 11];

/** Whether it looks into an error of this type. */
export const looksInto = ({ destination, icmp }: Packet): boolean =>
  icmp !== null && (familyOf(destination) === 6 || LOOKED_INTO.includes(icmp.type));

/** The connection of IPVS that an ICMP error is about, whose quoted packet went the other way (ip_vs_in_icmp, ip_vs_out_icmp). */
export function quoted(run: Run, { packet, stack }: Skb, way: 'requests' | 'answers'): Known | undefined {
  const { icmp } = packet;
  if (icmp?.inner === undefined || !looksInto(packet)) return undefined;
  return way === 'requests' ? requested(run, stack, turned(icmp.inner)) : answered(run, stack, turned(icmp.inner));
}

/** An error with the ends that its reader knows, outside and in the packet that it quotes (ip_vs_nat_icmp). */
export function rewritten(packet: Packet, track: IpvsTrack, way: 'requests' | 'answers'): Packet {
  const { icmp } = packet;
  if (icmp?.inner === undefined) return packet;
  if (way === 'requests') {
    const inner = { ...icmp.inner, source: track.server, sourcePort: track.serverPort };
    return { ...packet, destination: track.server, icmp: { ...icmp, inner } };
  }
  const inner = { ...icmp.inner, destination: track.virtual, destinationPort: track.virtualPort };
  return { ...packet, source: track.virtual, icmp: { ...icmp, inner } };
}
