import { bitsOf, familyOf, type Ip, toBits } from '#net/ip';

const INITIAL = 0xdeadbeef;

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by));

/** Bob Jenkins' hash of words, as the kernel has it (include/linux/jhash.h jhash2). */
export function jhash2(words: readonly number[], seed: number): number {
  let length = words.length;
  let at = 0;
  let a = (INITIAL + (length << 2) + seed) | 0;
  let b = a;
  let c = a;
  while (length > 3) {
    a = (a + (words[at] ?? 0)) | 0;
    b = (b + (words[at + 1] ?? 0)) | 0;
    c = (c + (words[at + 2] ?? 0)) | 0;
    [a, b, c] = mixed(a, b, c);
    length -= 3;
    at += 3;
  }
  if (length === 0) return c >>> 0;
  if (length === 3) c = (c + (words[at + 2] ?? 0)) | 0;
  if (length >= 2) b = (b + (words[at + 1] ?? 0)) | 0;
  a = (a + (words[at] ?? 0)) | 0;
  return final(a, b, c);
}

/** The same of one word (jhash_1word). */
export const jhash1 = (word: number, seed: number): number => {
  const base = (INITIAL + (1 << 2) + seed) | 0;
  return final((base + word) | 0, base, base);
};

function mixed(first: number, second: number, third: number): [number, number, number] {
  let [a, b, c] = [first, second, third];
  a = (a - c) ^ rotated(c, 4);
  c = (c + b) | 0;
  b = (b - a) ^ rotated(a, 6);
  a = (a + c) | 0;
  c = (c - b) ^ rotated(b, 8);
  b = (b + a) | 0;
  a = (a - c) ^ rotated(c, 16);
  c = (c + b) | 0;
  b = (b - a) ^ rotated(a, 19);
  a = (a + c) | 0;
  c = (c - b) ^ rotated(b, 4);
  b = (b + a) | 0;
  return [a, b, c];
}

function final(first: number, second: number, third: number): number {
  let [a, b, c] = [first, second, third];
  c = ((c ^ b) - rotated(b, 14)) | 0;
  a = ((a ^ c) - rotated(c, 11)) | 0;
  b = ((b ^ a) - rotated(a, 25)) | 0;
  c = ((c ^ b) - rotated(b, 16)) | 0;
  a = ((a ^ c) - rotated(c, 4)) | 0;
  b = ((b ^ a) - rotated(a, 14)) | 0;
  c = ((c ^ b) - rotated(b, 24)) | 0;
  return c >>> 0;
}

/** A 32-bit number spread evenly over a range (include/linux/kernel.h reciprocal_scale). */
export const reciprocalScale = (value: number, range: number): number => Number((BigInt(value >>> 0) * BigInt(range >>> 0)) >> 32n);

/** An address as the words that a little-endian kernel hashes: as many as its family has. */
export function wordsOf(address: Ip): readonly number[] {
  const bits = bitsOf(familyOf(address));
  const value = toBits(address);
  return Array.from({ length: bits / 32 }, (_, index) => swapped(Number((value >> BigInt(bits - 32 * (index + 1))) & 0xffffffffn)));
}

/** A word with its bytes in the other order. */
export const swapped = (word: number): number =>
  (((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
