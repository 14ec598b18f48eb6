import type { Header } from '../stage/wire.ts';

/** What is read of a packet that the kernel threw away: enough to know it again. */
export type LostHeader = Pick<Header, 'protocol' | 'dport' | 'id' | 'seq' | 'ack' | 'flags' | 'tag' | 'chunk' | 'type' | 'code'> & {
  readonly inner?: LostHeader;
  readonly about?: LostHeader;
};

const [TCP, UDP, ICMP, ICMP6, IPIP, SIT, SCTP] = [6, 17, 1, 58, 4, 41, 132];
const FRAGMENT = 44;
const TUNNEL_PORTS: readonly number[] = [8472, 4789];
/** UDP's and VXLAN's headers, and Ethernet's. */
const BEFORE_INSIDE = 8 + 8 + 14;
const IP_TYPES: readonly number[] = [0x0800, 0x86dd];
const MAGIC = Buffer.from('LdLn');

/** Reads bytes from an IP header on; nothing where they hold no whole header of a packet's beginning. */
export function lostHeader(bytes: Buffer): LostHeader | undefined {
  const version = (bytes[0] ?? 0) >> 4;
  if (version === 4 && bytes.length >= 28) {
    const isLater = (bytes.readUInt16BE(6) & 0x1fff) !== 0;
    return isLater ? undefined : transport(bytes.subarray(4 * ((bytes[0] ?? 0) & 15), lengthOf(bytes)), bytes[9] ?? 0);
  }
  return version === 6 && bytes.length >= 48 ? behindFragment(bytes.subarray(40, 40 + bytes.readUInt16BE(4)), bytes[6] ?? 0) : undefined;
}

/** A piece of IPv6 says in a header of its own of what it is one (RFC 8200); a later one has no beginning. */
function behindFragment(bytes: Buffer, next: number): LostHeader | undefined {
  if (next !== FRAGMENT || bytes.length < 8) return transport(bytes, next);
  const isLater = (bytes.readUInt16BE(2) & 0xfff8) !== 0;
  return isLater ? undefined : transport(bytes.subarray(8), bytes[0] ?? 0);
}

/** Where an IPv4 packet ends. A rule's reset that finds no way has neither length nor sum yet (nf_reject_iphdr_put): it is its headers. */
function lengthOf(bytes: Buffer): number {
  const header = 4 * ((bytes[0] ?? 0) & 15);
  const isUnfinished = bytes.readUInt16BE(10) === 0 && bytes[9] === TCP;
  return isUnfinished ? header + 4 * ((bytes[header + 12] ?? 0) >> 4) : bytes.readUInt16BE(2);
}

function transport(bytes: Buffer, protocol: number): LostHeader | undefined {
  if (bytes.length < 8) return undefined;
  const base = { protocol, dport: bytes.readUInt16BE(2), id: numberIn(bytes) };
  const carried = protocol === IPIP || protocol === SIT ? lostHeader(bytes) : undefined;
  if (carried !== undefined) return { ...base, id: 0, inner: carried };
  const inside = protocol === UDP && TUNNEL_PORTS.includes(base.dport) ? insideVxlan(bytes) : undefined;
  if (inside !== undefined) return { ...base, id: 0, inner: inside };
  if (protocol === TCP && bytes.length >= 20)
    return { ...base, seq: bytes.readUInt32BE(4), ack: bytes.readUInt32BE(8), flags: bytes[13] ?? 0 };
  if (protocol === SCTP && bytes.length >= 16) return { ...base, tag: bytes.readUInt32BE(4), chunk: bytes[12] ?? 0 };
  if (protocol !== ICMP && protocol !== ICMP6) return base;
  const [type, code] = [bytes[0] ?? 0, bytes[1] ?? 0];
  const isError = protocol === ICMP ? [3, 4, 5, 11, 12].includes(type) : type < 128;
  const message = { ...base, dport: 0, type, code };
  return isError ? { ...message, ...named('about', lostHeader(bytes.subarray(8))) } : message;
}

/** What a VXLAN packet carries; to its port anything may go. */
const insideVxlan = (bytes: Buffer): LostHeader | undefined =>
  bytes.length > BEFORE_INSIDE && IP_TYPES.includes(bytes.readUInt16BE(BEFORE_INSIDE - 2))
    ? lostHeader(bytes.subarray(BEFORE_INSIDE))
    : undefined;

const named = <K extends string>(name: K, header: LostHeader | undefined): Partial<Record<K, LostHeader>> =>
  header === undefined ? {} : ({ [name]: header } as Record<K, LostHeader>); // its only key

/** The number that stands in the content. */
function numberIn(bytes: Buffer): number {
  const at = bytes.indexOf(MAGIC);
  return at < 0 || at + 8 > bytes.length ? 0 : bytes.readUInt32BE(at + 4);
}
