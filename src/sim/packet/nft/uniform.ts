import type { NftExpression } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import { rangeOfPort } from '../conntrack/connection.ts';
import type { Drawn, Packet } from '../packet.ts';
import type { NftContext } from './context.ts';

/** A number that every value of `offset … offset + modulus - 1` is equally likely to be; `shown` stands for a port that was drawn. */
export type Uniform = {
  readonly of: string;
  readonly modulus: number;
  readonly offset: number;
  readonly perFlow: boolean;
  readonly shown?: number;
};

/** What of an expression is chance: generators, ports that were drawn, and hashes whose seed or key nobody knows (nft_numgen.c, nft_hash.c). */
export function uniformOf(context: NftContext, expression: NftExpression): Uniform | null {
  if (typeof expression !== 'object') return null;
  switch (expression.is) {
    case 'numgen':
      return { of: `numgen ${expression.mode}`, modulus: expression.modulus, offset: expression.offset, perFlow: false };
    case 'hash':
      if (expression.of !== null && expression.seed !== null && !partsOf(expression.of).some((part) => drawnPort(context, part) !== null))
        return null;
      return { of: 'hash', modulus: expression.modulus, offset: expression.offset, perFlow: true };
    case 'meta':
      return expression.key === 'random' ? { of: 'random', modulus: 2 ** 32, offset: 0, perFlow: false } : null;
    case 'payload':
    case 'raw':
    case 'ct':
      return drawnPort(context, expression);
    case 'binary':
      return masked(context, expression);
    default:
      return null;
  }
}

/** The parts of a key. */
export const partsOf = (key: NftExpression): readonly NftExpression[] =>
  typeof key === 'object' && key.is === 'concat' ? key.parts : [key];

/** A port that was drawn on the way, of the packet or of its connection; of ICMP the id. */
export function drawnPort(context: NftContext, expression: NftExpression): Uniform | null {
  const { packet } = context;
  if (typeof expression === 'object' && expression.is === 'ct') return drawnOfTuple(context, expression);
  if (packet.drawn === undefined) return null;
  const end = endOf(packet, expression);
  const range = end === undefined ? undefined : packet.drawn[end];
  if (end === undefined || range === undefined) return null;
  return drawn(range, packet.icmp?.id ?? packet[end === 'source' ? 'sourcePort' : 'destinationPort']);
}

const drawn = ([from, to]: readonly [number, number], shown: number): Uniform => ({
  of: 'drawn port',
  modulus: to - from + 1,
  offset: from,
  perFlow: true,
  shown,
});

function drawnOfTuple({ track }: NftContext, { key, direction }: Extract<NftExpression, { is: 'ct' }>): Uniform | null {
  const end = key === 'proto-src' ? 'sourcePort' : key === 'proto-dst' ? 'destinationPort' : undefined;
  if (track?.connection == null || end === undefined) return null;
  const way = direction ?? track.direction;
  const range = rangeOfPort(track.connection, way, end);
  return range === undefined ? null : drawn(range, track.connection[way][end]);
}

/** Where a transport header's ports stand, in bits. */
const ENDS: Readonly<Record<string, keyof Drawn>> = { sport: 'source', dport: 'destination', '0': 'source', '16': 'destination' };

/** Whose port a field is. */
function endOf({ protocol, icmp }: Packet, expression: NftExpression): keyof Drawn | undefined {
  if (typeof expression !== 'object') return undefined;
  if (expression.is === 'raw')
    return icmp === null && expression.base === 'th' && expression.length === 16 ? entryOf(ENDS, String(expression.offset)) : undefined;
  if (expression.is !== 'payload') return undefined;
  if (icmp !== null) return expression.protocol === protocol && expression.field === 'id' ? 'source' : undefined;
  return expression.protocol === 'th' || expression.protocol === protocol ? entryOf(ENDS, expression.field) : undefined;
}

/** `meta random & 0x7fffffff` is as even as what it masks. */
function masked(context: NftContext, { op, left, right }: Extract<NftExpression, { is: 'binary' }>): Uniform | null {
  const inner = uniformOf(context, left);
  if (inner === null || op !== '&' || typeof right !== 'number' || inner.offset !== 0) return null;
  const modulus = right + 1;
  const isLow = Number.isInteger(Math.log2(modulus));
  return isLow && inner.modulus % modulus === 0 ? { ...inner, modulus } : null;
}
