import type { FactOf } from '#facts/kinds';
import { type Ip, parseIp } from '#net/ip';
import { portNumber } from '../lines.ts';

type Packet = FactOf<'packet'>;

/** What the network layer and what is above it tell. */
export type Network = Pick<
  Packet,
  'source' | 'destination' | 'protocol' | 'sourcePort' | 'destinationPort' | 'tcpFlags' | 'length' | 'info'
>;

/** `(tos 0x0, ttl 64, …, proto TCP (6), length 60)` of `-v`; addresses follow, on the next line for IPv4. */
const V4_HEADER =
  /^\(tos [^()]{1,200}, proto ([\w-]{1,16}) \((\d{1,3})\), length (\d{1,6})(?:, [^)]{0,200}(?:\([^)]{0,100}\)[^)]{0,100})?)?\)\s*/;
const V6_HEADER = /^\([^()]{0,100}next-header ([\w-]{1,24}) \((\d{1,3})\),? payload length: (\d{1,6})\)\s*/;

const IP6_HEADER_BYTES = 40;

const ENDS = /^(\S{1,300}) > (\S{1,300}?):(?: |$)/;

type End = { readonly address: Ip | undefined; readonly port: number | undefined; readonly ported: boolean };

/** `10.0.0.1.53`, `fe80::1.546`, `10.0.0.1`; names tell no address. */
function endOf(text: string): End {
  const whole = parseIp(text);
  if (whole !== undefined) return { address: whole, port: undefined, ported: false };
  const dot = text.lastIndexOf('.');
  const address = dot < 0 ? undefined : parseIp(text.slice(0, dot));
  return { address, port: portNumber(text.slice(dot + 1)), ported: dot >= 0 };
}

const PROTOCOLS: Readonly<Record<string, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp', 58: 'icmp6', 132: 'sctp' };

/** The protocol by what is written after the addresses. */
function protocolOf(info: string, ported: boolean, named: string | undefined): string {
  if (/^(?:\[[^\]]{0,60}\] )?(?:OTV|VXLAN), flags \[/.test(info)) return 'vxlan'; // -vv tells the checksum first
  if (/^Flags \[|^tcp \d|^\[tcp]/.test(info)) return 'tcp';
  if (/^(?:\[[^\]]{0,40}\] )?ICMP6,/.test(info)) return 'icmp6';
  if (/^ICMP\b/.test(info)) return 'icmp';
  if (/^IP6? \S+ > /.test(info)) return 'ipip';
  if (/^(?:sctp|GREv\d|ESP|VRRPv\d|OSPFv\d|igmp)/i.test(info)) return (/^[A-Za-z]+/.exec(info)?.[0] ?? '').toLowerCase().replace(/v$/, '');
  const number = /^ip-proto-(\d{1,3})$/.exec(info)?.[1]; // a later fragment
  if (number !== undefined) return PROTOCOLS[number] ?? `ip-proto-${number}`;
  if (named !== undefined) return named.toLowerCase().replace(/^icmpv6$/, 'icmp6');
  return ported ? 'udp' : 'ip';
}

/** A line after the link layer that names its addresses; nothing when it does not. */
function withEnds(text: string, length: number | undefined, named: string | undefined): Network | undefined {
  const ends = ENDS.exec(text);
  if (ends === null) return undefined;
  const [source, destination] = [endOf(ends[1] ?? ''), endOf(ends[2] ?? '')];
  const info = text.slice(ends[0].length);
  const protocol = protocolOf(info, source.port !== undefined && destination.ported, named);
  const portless = protocol.startsWith('icmp') || protocol === 'ip' || protocol === 'ipip';
  return {
    source: source.address,
    destination: destination.address,
    protocol,
    sourcePort: portless ? null : source.port,
    destinationPort: portless ? null : destination.port,
    tcpFlags: protocol === 'tcp' ? /^Flags \[([A-Za-z.]{1,9}|none)\]/.exec(info)?.[1] : null,
    length,
    info,
  };
}

/** `Request who-has A tell B`, `Reply A is-at MAC`. */
function arp(text: string): Network | undefined {
  const parts =
    /(?:Request who-has (\S{1,256})(?: \([^)]{1,64}\))? tell (\S{1,256}?)|Reply (\S{1,256}) is-at \S{17}(?: \([^)]{1,32}\))?)(?:,|$)/.exec(
      text.slice(0, 1024),
    );
  if (parts === null) return undefined;
  const [, wanted, teller, replier] = parts;
  const source = parseIp(teller ?? replier ?? '');
  const destination = wanted === undefined ? null : parseIp(wanted);
  return { source, destination, protocol: 'arp', sourcePort: null, destinationPort: null, tcpFlags: null, length: undefined, info: text };
}

/** What a line begins that goes on in the next one. */
export type Begun = { readonly length: number; readonly named: string };

/** Reads the network layer: whole, or only begun (`-v` writes IPv4's addresses on the next line). */
export function networkOf(text: string, linkLength: number | undefined): Network | Begun | undefined {
  const bare = text.replace(/^(?:IP6?|ARP,) ?/, '').trimStart();
  if (/Request who-has|Reply \S+ is-at/.test(bare.slice(0, 400))) return arp(bare);
  const four = V4_HEADER.exec(bare);
  const six = four === null ? V6_HEADER.exec(bare) : null;
  const length = four !== null ? Number(four[3]) : six !== null ? Number(six[3]) + IP6_HEADER_BYTES : linkLength;
  const named = four?.[1] ?? six?.[1];
  const rest = bare.slice((four ?? six)?.[0].length ?? 0);
  if (rest === '' && length !== undefined && named !== undefined) return { length, named };
  return withEnds(rest, length, named);
}

/** The line of addresses that ends what was begun. */
export const continued = (text: string, begun: Begun): Network | undefined => withEnds(text.trim(), begun.length, begun.named);
