import type { NftExpression } from '#facts/nft/nft';
import { entryOf } from '#net/entry';
import type { SctpChunkType } from '../packet.ts';
import { gapOf, type NftContext } from './context.ts';
import { type DataType, guessed, typesOf, fieldValue } from './data-type.ts';
import { jhash } from './hash.ts';
import { readCt } from './read-ct.ts';
import { readFib } from './read-fib.ts';
import { IPSEC, readMeta, REALMS } from './read-meta.ts';
import { readSocket } from './read-socket.ts';
import { readPayload, readRaw } from './read-payload.ts';
import { found } from './set.ts';
import { isGap, one, type Read, type Value } from './value.ts';

/** What an expression is for the packet; `type` is what a constant in it has to be. */
export function evaluate(context: NftContext, expression: NftExpression, type?: DataType): Read {
  if (typeof expression !== 'object') {
    const value = type === undefined ? guessed(expression) : fieldValue(type, expression);
    return value === undefined ? gapOf(context, `not a ${type?.name}: ${String(expression)}`) : one(value);
  }
  switch (expression.is) {
    case 'concat':
      return concatenated(context, expression.parts);
    case 'payload':
      return readPayload(context, expression.protocol, expression.field);
    case 'raw':
      return readRaw(context, expression.base, expression.offset, expression.length);
    case 'meta':
      return readMeta(context, expression.key);
    case 'ct':
      return readCt(context, expression.key, expression.direction);
    case 'fib':
      return readFib(context, expression.flags, expression.result);
    case 'socket':
      return readSocket(context, expression.key);
    case 'option':
      return readOption(context, expression);
    case 'binary':
      return combined(context, expression, type);
    case 'list':
      return listed(context, expression.values, type);
    case 'rt':
      return readRoute(context, expression.key);
    case 'map':
      return mapped(context, expression);
    case 'hash':
      return hashed(context, expression);
    default:
      return gapOf(context, `${expression.is} is not modelled here`);
  }
}

function concatenated(context: NftContext, parts: readonly NftExpression[]): Read {
  const values: Value[] = [];
  for (const part of parts) {
    const read = evaluate(context, part);
    if (read === 'break' || isGap(read)) return read;
    values.push(...read);
  }
  return values;
}

/** Named bits, or-ed. */
function listed(context: NftContext, names: readonly (string | number)[], type: DataType | undefined): Read {
  let bits = 0n;
  for (const name of names) {
    const value = type === undefined ? guessed(name) : fieldValue(type, name);
    if (typeof value !== 'bigint') return gapOf(context, `not a ${type?.name ?? 'number'}: ${name}`);
    bits |= value;
  }
  return [bits];
}

type Binary = Extract<NftExpression, { is: 'binary' }>;

function combined(context: NftContext, { op, left, right }: Binary, asked: DataType | undefined): Read {
  const [own] = typeof left === 'object' ? typesOf(left, context.family) : [];
  const type = own ?? asked;
  const [one, other] = [evaluate(context, left, type), evaluate(context, right, type)];
  if (one === 'break' || isGap(one)) return one;
  if (other === 'break' || isGap(other)) return other;
  const [a, b] = [one[0], other[0]];
  if (typeof a !== 'bigint' || typeof b !== 'bigint') return gapOf(context, `a name in a sum of bits (${op})`);
  return [calculated(op, a, b, type?.bits ?? 32)];
}

function calculated(op: Binary['op'], a: bigint, b: bigint, bits: number): bigint {
  switch (op) {
    case '&':
      return a & b;
    case '|':
      return a | b;
    case '^':
      return a ^ b;
    case '<<':
      return b > 128n ? 0n : BigInt.asUintN(bits, a << b);
    case '>>':
      return b > 128n ? 0n : a >> b;
  }
}

type Option = Extract<NftExpression, { is: 'option' }>;

/** Options and extension headers: packets are walked without any but TCP's, which nobody tells, and the one of pieces. */
function readOption(context: NftContext, { of, name, field }: Option): Read {
  if (of === 'tcp') return context.packet.tcp === null ? 'break' : gapOf(context, `the TCP option ${name} of a packet is not modelled`);
  if (of === 'sctp') return readChunk(context, name, field);
  if (of === 'dccp') return 'break';
  const isOther = context.family !== (of === 'ip' ? 4 : 6);
  if (of === 'exthdr' && name === 'frag' && context.packet.fragment !== undefined)
    return field === null ? one(1) : gapOf(context, `frag ${field} of a piece is not modelled`);
  return field === null && !isOther ? one(0) : 'break';
}

/** Chunks that nft calls otherwise than the kernel (nftables src/sctp_chunk.c). */
const CHUNKS: Readonly<Record<string, SctpChunkType>> = { ecne: 'ECN_ECNE', cwr: 'ECN_CWR' };

/** `sctp chunk data exists`: whether a packet has such a chunk, which one of another protocol has not (net/netfilter/nft_exthdr.c nft_exthdr_sctp_eval). */
function readChunk(context: NftContext, name: string, field: string | null): Read {
  const { protocol, sctp } = context.packet;
  if (protocol !== 'sctp') return field === null ? one(0) : 'break';
  if (sctp === undefined || field !== null) return gapOf(context, `the ${field ?? 'presence'} of the chunk ${name} is not modelled`);
  const wanted = entryOf(CHUNKS, name) ?? name.toUpperCase().replaceAll('-', '_');
  return one(sctp.chunks.some(({ type }) => type === wanted) ? 1 : 0);
}

function readRoute(context: NftContext, key: string): Read {
  const { path } = context.skb;
  if (path === null) return 'break';
  if (key === 'ipsec') return gapOf(context, IPSEC);
  if (key === 'classid') return gapOf(context, REALMS);
  if (key === 'nexthop') return [guessed(path.via ?? context.packet.destination)];
  return gapOf(context, `rt ${key} is not modelled`);
}

function mapped(context: NftContext, { key, data }: Extract<NftExpression, { is: 'map' }>): Read {
  const entry = found(context, key, data, evaluate);
  if (entry === 'break' || isGap(entry)) return entry;
  return entry.data === null ? 'break' : evaluate(context, entry.data);
}

function hashed(context: NftContext, { of, modulus, seed, offset }: Extract<NftExpression, { is: 'hash' }>): Read {
  if (of === null || seed === null) return gapOf(context, 'the seed of the hash is not known');
  const read = evaluate(context, of);
  if (read === 'break' || isGap(read)) return read;
  const hash = jhash(read, typesOf(of, context.family), seed);
  return hash === undefined
    ? gapOf(context, 'a hash of such fields is not modelled')
    : one(Number((BigInt(hash) * BigInt(modulus)) >> 32n) + offset);
}
