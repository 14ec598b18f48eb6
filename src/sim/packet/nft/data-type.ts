import type { NftExpression } from '#facts/nft/nft';
import { parseIp, toBits } from '#net/ip';
import { parseMac } from '#net/mac';
import { entryOf } from '#net/entry';
import { SYMBOLS } from './symbols.ts';
import type { Value } from './value.ts';

/** What a field is: the name of nft's data type, and its length in bits. */
export type DataType = { readonly name: string; readonly bits: number };

const type = (name: string, bits: number): DataType => ({ name, bits });

const INTEGER = type('integer', 32);
const ADDRESS = { 4: type('ipv4_addr', 32), 6: type('ipv6_addr', 128) } as const;
const PORT = type('inet_service', 16);
const PROTOCOL = type('inet_proto', 8);
const DEVICE = type('ifname', 128);
const MARK = type('mark', 32);

const PAYLOAD: Readonly<Record<string, DataType>> = {
  'ip saddr': ADDRESS[4],
  'ip daddr': ADDRESS[4],
  'ip protocol': PROTOCOL,
  'ip dscp': type('dscp', 6),
  'ip ecn': type('ecn', 2),
  'ip ttl': type('integer', 8),
  'ip length': type('integer', 16),
  'ip frag-off': type('integer', 16),
  'ip6 saddr': ADDRESS[6],
  'ip6 daddr': ADDRESS[6],
  'ip6 nexthdr': PROTOCOL,
  'ip6 dscp': type('dscp', 6),
  'ip6 ecn': type('ecn', 2),
  'ip6 hoplimit': type('integer', 8),
  'ip6 length': type('integer', 16),
  'icmp type': type('icmp_type', 8),
  'icmp code': type('icmp_code', 8),
  'icmp id': type('integer', 16),
  'icmpv6 type': type('icmpv6_type', 8),
  'icmpv6 code': type('icmpv6_code', 8),
  'icmpv6 id': type('integer', 16),
  'tcp flags': type('tcp_flag', 8),
  'ether saddr': type('ether_addr', 48),
  'ether daddr': type('ether_addr', 48),
  'ether type': type('ether_type', 16),
  'arp saddr ip': ADDRESS[4],
  'arp daddr ip': ADDRESS[4],
  'arp saddr ether': type('ether_addr', 48),
  'arp daddr ether': type('ether_addr', 48),
  'arp operation': type('arp_op', 16),
  'arp htype': type('integer', 16),
  'arp ptype': type('ether_type', 16),
  'vlan type': type('ether_type', 16),
  'vlan id': type('integer', 12),
};

const META: Readonly<Record<string, DataType>> = {
  mark: MARK,
  l4proto: PROTOCOL,
  nfproto: type('nf_proto', 8),
  protocol: type('ether_type', 16),
  pkttype: type('pkt_type', 8),
  iif: type('iface_index', 32),
  oif: type('iface_index', 32),
  iifname: DEVICE,
  oifname: DEVICE,
  ibrname: DEVICE,
  obrname: DEVICE,
  sdifname: DEVICE,
  iifkind: DEVICE,
  oifkind: DEVICE,
  iiftype: type('iface_type', 16),
  oiftype: type('iface_type', 16),
};

const CT: Readonly<Record<string, DataType>> = {
  state: type('ct_state', 32),
  status: type('ct_status', 32),
  direction: type('ct_dir', 8),
  mark: MARK,
  protocol: PROTOCOL,
  l3proto: type('nf_proto', 8),
  'proto-src': PORT,
  'proto-dst': PORT,
  zone: type('integer', 16),
  helper: type('string', 128),
};

const own = (types: Readonly<Record<string, DataType>>, name: string): DataType => entryOf(types, name) ?? INTEGER;

/** The data types of an expression's fields; `family` is the packet's. */
export function typesOf(expression: NftExpression, family: 4 | 6): readonly DataType[] {
  if (typeof expression !== 'object') return [INTEGER];
  switch (expression.is) {
    case 'concat':
      return expression.parts.flatMap((part) => typesOf(part, family));
    case 'binary':
      return typesOf(expression.left, family);
    case 'payload':
      return [payloadType(expression.protocol, expression.field)];
    case 'raw':
      return [type('integer', expression.length)];
    case 'meta':
      return [own(META, expression.key)];
    case 'ct':
      return [addressOfTuple(expression.key, family) ?? own(CT, expression.key)];
    case 'socket':
      return [expression.key === 'mark' ? MARK : INTEGER];
    case 'fib':
      return [fibType(expression.result)];
    case 'rt':
      return [expression.key === 'nexthop' ? ADDRESS[family] : INTEGER];
    default:
      return [INTEGER];
  }
}

/** `saddr`, or `ip6 saddr` of one family. */
function addressOfTuple(key: string, family: 4 | 6): DataType | undefined {
  const [field, named] = key.split(' ').reverse();
  if (field !== 'saddr' && field !== 'daddr') return undefined;
  return ADDRESS[named === undefined ? family : named === 'ip6' ? 6 : 4];
}

const payloadType = (protocol: string, field: string): DataType =>
  field === 'sport' || field === 'dport' ? PORT : own(PAYLOAD, `${protocol} ${field}`);

const fibType = (result: string): DataType =>
  result === 'type' ? type('fib_addrtype', 32) : result === 'oifname' ? DEVICE : result === 'oif' ? type('iface_index', 32) : INTEGER;

/** A constant of a rule as a field of that type holds it; nothing for a name that is not known. */
export function fieldValue({ name }: DataType, constant: string | number | boolean): Value | undefined {
  if (name === 'ifname' || name === 'iface_index' || name === 'string') return typeof constant === 'string' ? constant : BigInt(constant);
  if (typeof constant !== 'string') return BigInt(constant);
  const symbol = entryOf(SYMBOLS, name);
  const number = entryOf(symbol ?? {}, constant);
  return number === undefined ? addressValue(constant) : BigInt(number);
}

/** An address of any kind as a number. */
function addressValue(text: string): bigint | undefined {
  const address = parseIp(text);
  if (address !== undefined) return toBits(address);
  const mac = parseMac(text);
  if (mac !== undefined) return BigInt(`0x${mac.replaceAll(':', '')}`);
  return /^0x[0-9a-f]+$|^\d+$/i.test(text) ? BigInt(text) : undefined;
}

/** A constant whose type nobody tells: the data of a map. */
export function guessed(constant: string | number | boolean): Value {
  return (typeof constant === 'string' ? addressValue(constant) : BigInt(constant)) ?? String(constant);
}
