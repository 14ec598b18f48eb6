import type { Facts } from '#facts/facts';
import { resolveEndpoint } from '#dataplane/endpoints';
import { familyOf, type Ip, parseIp } from '#net/ip';
import { type Mac, parseMac } from '#net/mac';
import type { Sent } from '#sim/packet/exchange';
import { type Packet, SCTP_CHUNKS, type SctpHeader } from '#sim/packet/packet';
import type { Owner } from '#sim/packet/skb';
import { UsageError } from '../command.ts';

const PROTOCOLS = ['tcp', 'udp', 'icmp', 'icmpv6', 'sctp', 'ipip', 'ipv6', 'gre', 'esp', 'ah'] as const;
const PORTED: ReadonlySet<string> = new Set(['tcp', 'udp', 'sctp']);
const FLAGS = 'SARFPU';

/** Fields of a JSON object that came from outside: each is checked where it is asked for. */
export class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #what: string;

  constructor(value: unknown, what: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${what} is no object`);
    this.#fields = new Map(Object.entries(value));
    this.#what = what;
  }

  has(name: string): boolean {
    return this.#fields.get(name) !== undefined;
  }

  names(): readonly string[] {
    return [...this.#fields.keys()];
  }

  raw(name: string): unknown {
    return this.#fields.get(name);
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value !== 'string') throw new UsageError(`${this.#what}: ${name} is no text`);
    return value;
  }

  /** A whole number from 0 to `most`. */
  number(name: string, most: number, otherwise?: number): number {
    const value = this.#fields.get(name) ?? otherwise;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
    throw new UsageError(`${this.#what}: ${name} is no whole number from 0 to ${most}`);
  }

  address(name: string): Ip {
    const address = parseIp(this.text(name));
    if (address === undefined) throw new UsageError(`${this.#what}: ${name} is no address`);
    return address;
  }

  mac(name: string): Mac {
    const mac = parseMac(this.text(name));
    if (mac === undefined) throw new UsageError(`${this.#what}: ${name} is no Ethernet address`);
    return mac;
  }
}

/** The packet that a line describes header by header, and where it starts. */
export function sentOf(fields: Fields, facts: Facts): Sent {
  const resolved = resolveEndpoint(facts, fields.text('from'));
  if (resolved.is === 'problem') throw new UsageError(resolved.says);
  const { scope } = resolved.endpoint;
  if (scope === null) throw new UsageError(`${fields.text('from')} was not captured`);
  const packet = packetOf(new Fields(fields.raw('packet'), 'packet'));
  const owner = fields.has('owner') ? { owner: ownerOf(new Fields(fields.raw('owner'), 'owner')) } : {};
  const socket = fields.has('socket') ? { socket: socketOf(fields) } : {};
  if (!fields.has('frame')) return { from: scope, packet, ...owner, ...socket };
  const frame = new Fields(fields.raw('frame'), 'frame');
  return { from: scope, packet, frame: { device: frame.text('device'), from: frame.mac('from'), to: frame.mac('to') } };
}

function socketOf(fields: Fields): 'ordinary' | 'raw' {
  const socket = fields.raw('socket');
  if (socket === 'ordinary' || socket === 'raw') return socket;
  throw new UsageError('socket is neither ordinary nor raw');
}

const ownerOf = (fields: Fields): Owner => ({ uid: fields.number('uid', 0xffffffff), gid: fields.number('gid', 0xffffffff) });

function packetOf(fields: Fields): Packet {
  const protocol = PROTOCOLS.find((one) => one === fields.raw('protocol'));
  if (protocol === undefined) throw new UsageError(`packet: protocol is none of ${PROTOCOLS.join(', ')}`);
  const isIcmp = protocol === 'icmp' || protocol === 'icmpv6';
  const [source, destination] = [fields.address('source'), fields.address('destination')];
  // there it is a header before another's, which everything looks behind (ipv6_skip_exthdr)
  if (protocol === 'ah' && familyOf(source) === 6) throw new UsageError('packet: protocol is ah, which carries another one in IPv6');
  return {
    source,
    destination,
    protocol,
    sourcePort: PORTED.has(protocol) ? fields.number('sport', 65535) : 0,
    destinationPort: PORTED.has(protocol) ? fields.number('dport', 65535) : 0,
    tcp: protocol === 'tcp' ? { ...flagsOf(fields.text('flags')), ...numbersOf(fields), ...offerOf(fields) } : null,
    icmp: isIcmp ? messageOf(new Fields(fields.raw('icmp'), 'icmp')) : null,
    ...(fields.has('sctp') ? { sctp: chunksOf(new Fields(fields.raw('sctp'), 'sctp')) } : {}),
    size: fields.number('size', 65535, 84),
    df: fields.raw('df') === true,
    ttl: fields.number('ttl', 255, 64),
    ...(fields.has('tos') ? { tos: fields.number('tos', 255) } : {}),
    mark: fields.number('mark', 0xffffffff, 0),
  };
}

function flagsOf(letters: string): NonNullable<Packet['tcp']> {
  const strange = [...letters].find((letter) => !FLAGS.includes(letter));
  if (strange !== undefined) throw new UsageError(`packet: flags are letters of ${FLAGS}, not ${strange}`);
  const set = (letter: string): boolean => letters.includes(letter);
  return { syn: set('S'), ack: set('A'), rst: set('R'), fin: set('F'), psh: set('P'), urg: set('U') };
}

/** A segment's numbers: all of them, or none. */
function numbersOf(fields: Fields): Pick<NonNullable<Packet['tcp']>, 'numbers'> {
  if (!fields.has('numbers')) return {};
  const told = new Fields(fields.raw('numbers'), 'numbers');
  return { numbers: { seq: told.number('seq', 0xffffffff), ack: told.number('ack', 0xffffffff), window: told.number('window', 0xffff) } };
}

/** The largest segment that a SYN offers to take, in bytes. */
const offerOf = (fields: Fields): Pick<NonNullable<Packet['tcp']>, 'mss'> =>
  fields.has('mss') ? { mss: fields.number('mss', 0xffff) } : {};

function chunksOf(fields: Fields): SctpHeader {
  const list = fields.raw('chunks');
  if (!Array.isArray(list)) throw new UsageError('sctp: chunks is no list');
  return { tag: fields.number('tag', 0xffffffff, 0), chunks: list.map((one) => chunkOf(new Fields(one, 'chunk'))) };
}

function chunkOf(fields: Fields): SctpHeader['chunks'][number] {
  const type = SCTP_CHUNKS.find((one) => one === fields.raw('type'));
  if (type === undefined) throw new UsageError(`chunk: type is none of ${SCTP_CHUNKS.join(', ')}`);
  const initiate = fields.has('initiateTag') ? { initiateTag: fields.number('initiateTag', 0xffffffff) } : {};
  const cause = fields.has('cause') ? { cause: fields.number('cause', 0xffff) } : {};
  return { type, flags: fields.number('flags', 255, 0), ...initiate, ...cause };
}

function messageOf(fields: Fields): NonNullable<Packet['icmp']> {
  const message = { type: fields.number('type', 255), code: fields.number('code', 255, 0), id: fields.number('id', 65535, 0) };
  const mtu = fields.has('mtu') ? { mtu: fields.number('mtu', 65535) } : {};
  return fields.has('inner') ? { ...message, ...mtu, inner: packetOf(new Fields(fields.raw('inner'), 'inner')) } : { ...message, ...mtu };
}
