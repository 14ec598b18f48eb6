import { jhash2 } from '../jhash.ts';
import type { DataType } from './data-type.ts';
import type { Value } from './value.ts';

/** Fields that a register holds in this machine's byte order; all others stand as on the wire. */
const HOST_ORDER: ReadonlySet<string> = new Set(['mark', 'integer', 'ct_state', 'ct_status', 'nf_proto', 'iface_index']);

/** The bytes of the registers that hold the fields: each field starts a new one of four bytes. */
function bytesOf(values: readonly Value[], types: readonly DataType[]): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const [at, value] of values.entries()) {
    const type = types[at];
    if (type === undefined || typeof value !== 'bigint' || type.bits % 8 !== 0 || type.bits < 8) return undefined;
    const own = Array.from({ length: type.bits / 8 }, (_, index) => Number((value >> BigInt(type.bits - 8 - index * 8)) & 255n));
    bytes.push(...(HOST_ORDER.has(type.name) ? own.reverse() : own));
    while (values.length > 1 && bytes.length % 4 !== 0) bytes.push(0);
  }
  return bytes;
}

/** The hash that nft_hash.c makes of fields, on a little-endian machine; nothing for fields without bytes. */
export function jhash(values: readonly Value[], types: readonly DataType[], seed: number): number | undefined {
  const bytes = bytesOf(values, types);
  if (bytes === undefined) return undefined;
  const words: number[] = [];
  for (let at = 0; at < bytes.length; at += 4)
    words.push(byte(bytes, at) | (byte(bytes, at + 1) << 8) | (byte(bytes, at + 2) << 16) | (byte(bytes, at + 3) << 24));
  // the length counts bytes, not words
  return jhash2(words, (seed - (words.length * 4 - bytes.length)) | 0) >>> 0;
}

const byte = (bytes: readonly number[], at: number): number => bytes[at] ?? 0;
