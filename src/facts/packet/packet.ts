import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** One packet of a capture (tcpdump text, pcap). Times in milliseconds, as written; without a date they count from midnight. */
export type CapturedPacket = Fact & {
  readonly atMs: Told<number>;
  readonly dev: Told<string | null>;
  readonly direction: Told<'in' | 'out' | null>;
  readonly sourceMac: Told<Mac | null>;
  readonly destinationMac: Told<Mac | null>;
  readonly source: Told<Ip | null>;
  readonly destination: Told<Ip | null>;
  /** `tcp`, `udp`, `icmp`, `arp`, `vxlan` …. */
  readonly protocol: string;
  readonly sourcePort: Told<number | null>;
  readonly destinationPort: Told<number | null>;
  /** `S`, `S.`, `.`, `P.`, `R`, `F.` as tcpdump writes them. */
  readonly tcpFlags: Told<string | null>;
  readonly length: Told<number>;
  /** The rest of the line as written. */
  readonly info: string;
  /** The packet that it carries (VXLAN). */
  readonly inner: Told<CapturedPacket | null>;
};

export const packet = defineKind<CapturedPacket>()({
  id: 'packet',
  is: 'a captured packet',
  key: (fact) => `${fact.origin.file}:${fact.origin.line ?? 0}`,
  capture: 'tcpdump -nne -i any',
});
