import type { FactOf } from '#facts/kinds';
import { cidrOf, parseCidr } from '#net/cidr';
import { bitsOf, type Family, familyOf, parseIp } from '#net/ip';
import { parseMac } from '#net/mac';
import { entryOf } from '#net/entry';
import { protocolName } from '../iptables-save/protocols.ts';
import { icmpNumber } from './icmp.ts';

export type Part = FactOf<'ipset'>['members'][number]['parts'][number];

type Read = (text: string) => Part | undefined;

/** `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`. */
const address: Read = (text) => {
  const prefix = parseCidr(text);
  if (prefix !== undefined) return { is: 'net', value: prefix };
  const [low = '', high] = text.split('-');
  const from = parseIp(low);
  const to = parseIp(high ?? low);
  if (from === undefined || to === undefined || familyOf(from) !== familyOf(to)) return undefined;
  return high === undefined ? { is: 'net', value: cidrOf(from, bitsOf(familyOf(from))) } : { is: 'range', from, to };
};

/** `80`, `80-90`, `udp:53`, `icmp:echo-request`, `icmp:8/0`, `gre:0`. */
const port: Read = (text) => {
  const colon = text.indexOf(':');
  const protocol = colon < 0 ? 'tcp' : protocolName(text.slice(0, colon));
  const rest = text.slice(colon + 1);
  if (protocol === 'icmp' || protocol === 'ipv6-icmp') {
    const number = icmpNumber(rest, protocol === 'icmp' ? 4 : 6);
    return number === undefined ? undefined : { is: 'port', protocol, from: number, to: number };
  }
  const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(rest) ?? [];
  return low === undefined ? undefined : { is: 'port', protocol, from: Number(low), to: Number(high) };
};

/** A port of a set that knows no protocols. */
const barePort: Read = (text) => {
  const read = port(text);
  return read?.is === 'port' ? { ...read, protocol: null } : undefined;
};

const device: Read = (text) => {
  const physical = text.startsWith('physdev:');
  const name = physical ? text.slice(8) : text;
  return name === '' ? undefined : { is: 'device', name, physical };
};

const mac: Read = (text) => {
  const value = parseMac(text);
  return value === undefined ? undefined : { is: 'mac', value };
};

const mark: Read = (text) => (/^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? { is: 'mark', value: Number(text) >>> 0 } : undefined);

const set: Read = (text) => (text === '' ? undefined : { is: 'set', name: text });

const PARTS: Readonly<Record<string, Read>> = { ip: address, net: address, port, iface: device, mac, mark, set };

/** The parts of an element of a type, or nothing where it is not understood. */
export function partsOf(type: string, text: string): readonly Part[] | undefined {
  const [method = '', dimensions = ''] = type.split(':');
  const readers = dimensions.split(',').map((one) => (method === 'bitmap' && one === 'port' ? barePort : entryOf(PARTS, one)));
  const words = text.split(',');
  // bitmap:ip,mac may leave the MAC out: it is then learnt from the first packet
  if (words.length !== readers.length && !(type === 'bitmap:ip,mac' && words.length === 1)) return undefined;
  const parts = words.map((word, at) => readers[at]?.(word));
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

/** The family of a set that does not name it: that of its first address. */
export const familyOfPart = (part: Part | undefined): Family | null =>
  part?.is === 'net' ? (part.value.includes(':') ? 6 : 4) : part?.is === 'range' ? familyOf(part.from) : null;
