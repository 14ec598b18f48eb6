import { IPPROTO } from './libc.ts';

/** An ICMP error, with the packet that it complains about. */
export type IcmpError = {
  readonly type: number;
  readonly code: number;
  readonly from: string;
  readonly about: Quoted;
};

/** The start of a packet: enough to know whose it was. */
export type Quoted = { readonly protocol: number; readonly to: string; readonly sport: number; readonly dport: number };

export type EchoReply = { readonly from: string; readonly id: number; readonly sequence: number };

const [ECHO_REPLY, UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM] = [0, 3, 11, 12];

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  if (bytes.length % 2 === 1) sum += (bytes.at(-1) ?? 0) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** An echo request; its IP packet has `size` bytes. */
export function echoRequest(id: number, sequence: number, size: number): Buffer {
  const bytes = Buffer.alloc(Math.max(8, size - 20), 0x4c);
  bytes.writeUInt32BE(0x08000000, 0);
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt16BE(sequence, 6);
  bytes.writeUInt16BE(checksum(bytes), 2);
  return bytes;
}

const address = (bytes: Buffer, at: number): string => [...bytes.subarray(at, at + 4)].join('.');
const headerLength = (bytes: Buffer, at: number): number => ((bytes[at] ?? 0) & 15) * 4;

/** Reads what a raw ICMP socket received: an echo reply, an error, or something that no probe waits for. */
export function readIcmp(packet: Buffer): { readonly reply: EchoReply } | { readonly error: IcmpError } | undefined {
  const start = headerLength(packet, 0);
  if (packet.length < start + 8) return undefined;
  const [type = 255, code = 255] = [packet[start], packet[start + 1]];
  const from = address(packet, 12);
  if (type === ECHO_REPLY) return { reply: { from, id: packet.readUInt16BE(start + 4), sequence: packet.readUInt16BE(start + 6) } };
  if (type !== UNREACHABLE && type !== TIME_EXCEEDED && type !== PARAMETER_PROBLEM) return undefined;
  const about = readQuoted(packet, start + 8);
  return about === undefined ? undefined : { error: { type, code, from, about } };
}

function readQuoted(packet: Buffer, at: number): Quoted | undefined {
  const inner = at + headerLength(packet, at);
  if (packet.length < at + 20 || packet.length < inner + 8) return undefined;
  const protocol = packet[at + 9] ?? 0;
  const to = address(packet, at + 16);
  // An echo request has its id and sequence where the others have their ports.
  const ports = protocol === IPPROTO.icmp ? inner + 4 : inner;
  return { protocol, to, sport: packet.readUInt16BE(ports), dport: packet.readUInt16BE(ports + 2) };
}

const NAMES: Readonly<Record<string, string>> = {
  '3/0': 'net unreachable',
  '3/1': 'host unreachable',
  '3/2': 'protocol unreachable',
  '3/3': 'port unreachable',
  '3/4': 'fragmentation needed',
  '3/9': 'net prohibited',
  '3/10': 'host prohibited',
  '3/13': 'admin prohibited',
  '11/0': 'TTL exceeded',
};

/** The error in words, `host unreachable`. */
export const icmpName = ({ type, code }: Pick<IcmpError, 'type' | 'code'>): string => NAMES[`${type}/${code}`] ?? `ICMP ${type}/${code}`;
