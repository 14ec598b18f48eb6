import { isIPv4 } from 'node:net';
import { isPortless, type Packet } from '../draw/packet.ts';
import { sctpBytes } from './chunks.ts';

/** Protocols by their numbers, as rules name them. */
const NUMBERS = { icmp: 1, ipencap: 4, tcp: 6, udp: 17, ipv6: 41, gre: 47, esp: 50, ah: 51, icmpv6: 58, sctp: 132 } as const;
/** What the sender looks for in whatever it sees; the number of the packet follows it. */
const MAGIC = 'LdLn';
/** An ICMP error quotes at most so much of what it is about. */
const QUOTED = 128;
const FLAGS = { F: 1, S: 2, R: 4, P: 8, A: 16, U: 32 } as const;
const SHORTEST = 64;

/** The content by which a packet is known again, with as many zeros as fill it. */
export function contentOf(id: number, length: number): Buffer {
  const content = Buffer.alloc(Math.max(8, length));
  content.write(MAGIC, 'latin1');
  content.writeUInt32BE(id, 4);
  return content;
}

/** The room that a segment of TCP offers, in bytes, where the packet names none. */
const WINDOW = 64240;

export const windowOf = ({ window = WINDOW }: Packet): number => window;

/** TCP's numbers where the packet names none: far enough apart that an answer names its packet. */
export const sequenceOf = (packet: Packet, id: number): { readonly seq: number; readonly ack: number } => ({
  seq: packet.seq ?? (id * 4096) >>> 0,
  ack: packet.flags?.includes('A') === true ? (packet.ack ?? (id * 4096 + 2048) >>> 0) : 0,
});

/** The whole IP packet. */
export function bytesOf(packet: Packet, id: number): Buffer {
  const isFour = isIPv4(packet.source);
  const header = isFour ? 20 : 40;
  const transport = transportOf(packet, id, (packet.size ?? SHORTEST + header) - header);
  writeSum(packet, transport, isFour);
  return Buffer.concat([isFour ? header4(packet, id, transport.length) : header6(packet, transport.length), transport]);
}

/** Where a protocol's sum stands behind the IP header; others have none. */
const SUMS: Partial<Readonly<Record<Packet['protocol'], number>>> = { tcp: 16, udp: 6, icmp: 2, icmpv6: 2, sctp: 8 };

function writeSum(packet: Packet, transport: Buffer, isFour: boolean): void {
  const at = SUMS[packet.protocol];
  if (at === undefined) return;
  if (packet.protocol === 'sctp') transport.writeUInt32LE(crc32c(transport), at);
  else {
    const summed = packet.protocol === 'icmp' ? [transport] : [pseudoHeader(packet, transport.length, isFour), transport];
    transport.writeUInt16BE(checksum(summed) || 0xffff, at);
  }
}

/** What an ordinary socket is given to send. */
export const datagramOf = (packet: Packet, id: number): Buffer =>
  contentOf(id, (packet.size ?? SHORTEST + (isIPv4(packet.source) ? 20 : 40)) - (isIPv4(packet.source) ? 28 : 48));

function header4(packet: Packet, id: number, length: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header[1] = packet.tos ?? 0;
  header.writeUInt16BE(20 + length, 2);
  header.writeUInt16BE(id & 0xffff, 4);
  header.writeUInt16BE(packet.df === true ? 0x4000 : 0, 6);
  header[8] = packet.ttl ?? 64;
  header[9] = NUMBERS[packet.protocol];
  addressBytes(packet.source).copy(header, 12);
  addressBytes(packet.destination).copy(header, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

/** Without a flow label: a tunnel's port is a hash of it, and packets of one flow have one (net/core/flow_dissector.c). */
function header6(packet: Packet, length: number): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32BE((0x60000000 | ((packet.tos ?? 0) << 20)) >>> 0, 0);
  header.writeUInt16BE(length, 4);
  header[6] = NUMBERS[packet.protocol];
  header[7] = packet.ttl ?? 64;
  addressBytes(packet.source).copy(header, 8);
  addressBytes(packet.destination).copy(header, 24);
  return header;
}

/** So many zeros stand for the header of a protocol without ports: it is of no version, no tunnel's inside and nobody's security association. */
const NOTHING = 8;

function transportOf(packet: Packet, id: number, length: number): Buffer {
  const { protocol, sport = 0, dport = 0, icmp } = packet;
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    const header = Buffer.from([icmp?.type ?? 8, icmp?.code ?? 0, 0, 0, 0, 0, 0, 1]);
    const content = packet.about === undefined ? contentOf(id, length - 8) : quoted(packet.about, id);
    header.writeUInt16BE(packet.about === undefined ? (icmp?.id ?? 0) : 0, 4);
    if (packet.about !== undefined) header.writeUInt16BE(0, 6);
    return Buffer.concat([header, content]);
  }
  if (isPortless(protocol)) return Buffer.concat([Buffer.alloc(NOTHING), contentOf(id, length - NOTHING)]);
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(sport, 0);
  ports.writeUInt16BE(dport, 2);
  if (protocol === 'udp') {
    const content = contentOf(id, length - 8);
    const rest = Buffer.alloc(4);
    rest.writeUInt16BE(8 + content.length, 0);
    return Buffer.concat([ports, rest, content]);
  }
  if (protocol === 'sctp') return Buffer.concat([ports, sctpBytes(packet, id, contentOf(id, 8))]);
  const options = packet.mss === undefined ? [] : [MSS, 4, packet.mss >> 8, packet.mss & 0xff];
  const header = Buffer.alloc(16);
  const { seq, ack } = sequenceOf(packet, id);
  header.writeUInt32BE(seq, 0);
  header.writeUInt32BE(ack, 4);
  header[8] = (5 + options.length / 4) << 4;
  header[9] = [...(packet.flags ?? 'S')].reduce((bits, letter) => bits | (FLAGS[letter as keyof typeof FLAGS] ?? 0), 0);
  header.writeUInt16BE(windowOf(packet), 10);
  return Buffer.concat([ports, header, Buffer.from(options), contentOf(id, 8)]);
}

/** The kind of TCP's option that says it (RFC 9293). */
const MSS = 2;

/** The packet that an error is about, with the error's own number in its content: answers to it are the error's. */
const quoted = (about: Packet, id: number): Buffer => bytesOf(about, id).subarray(0, QUOTED);

function pseudoHeader(packet: Packet, length: number, isFour: boolean): Buffer {
  const end = Buffer.alloc(isFour ? 4 : 8);
  if (isFour) {
    end[1] = NUMBERS[packet.protocol];
    end.writeUInt16BE(length, 2);
  } else {
    end.writeUInt32BE(length, 0);
    end[7] = NUMBERS[packet.protocol];
  }
  return Buffer.concat([addressBytes(packet.source), addressBytes(packet.destination), end]);
}

/** The ones' complement sum of RFC 1071. */
function checksum(parts: readonly Buffer[]): number {
  let sum = 0;
  const all = parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  for (let at = 0; at + 1 < all.length; at += 2) sum += all.readUInt16BE(at);
  if (all.length % 2 === 1) sum += (all.at(-1) ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

/** The bytes of an address in either family's text. */
export function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number));
  const [before = '', after] = text.split('::');
  const groups = (part: string | undefined): readonly number[] =>
    part === undefined || part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(before), groups(after)];
  const all = after === undefined ? left : [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
