import type { Partition } from '#facts/facts';
import type { Ipset, IpsetMember, IpsetPart } from '#facts/ipset/ipset';
import { baseOf, cidrFamily, cidrOf, lengthOf } from '#net/cidr';
import { bitsOf, familyOf, fromBits, type Ip, toBits } from '#net/ip';
import { memoised } from './memo.ts';

/** A set whose elements are found by what a packet shows, not by reading them all. */
export type IndexedSet = {
  readonly fact: Ipset;
  /** Elements by their text: prefixes as base and length, the other parts as they are. */
  readonly byKey: ReadonlyMap<string, IpsetMember>;
  /** Prefix lengths in use for each part that is an address, longest first. */
  readonly lengths: readonly (readonly number[])[];
  /** Elements that no key finds: devices by prefix or port of a bridge. */
  readonly others: readonly IpsetMember[];
  /** Why not every element could be indexed. */
  readonly problem: string | null;
};

/** The sets of a namespace by name. */
export const ipsetTable = memoised(
  (partition: Partition<'ipset'>): ReadonlyMap<string, IndexedSet> => new Map(partition.facts.map((set) => [set.name, indexedSet(set)])),
);

/** A range is taken apart into at most so many keys. */
const LARGEST = 65_536;

const indexedSet = memoised((fact: Ipset): IndexedSet => {
  const byKey = new Map<string, IpsetMember>();
  const lengths: Set<number>[] = [];
  const others: IpsetMember[] = [];
  let problem = fact.problem;
  for (const member of fact.members) {
    if (isOdd(member)) {
      others.push(member);
      noteLengths(lengths, member);
      continue;
    }
    const keys = keysOf(member.parts, lengths, fact.netmask ?? null);
    if (keys === undefined) problem ??= 'a range of it is too large to be indexed';
    else for (const key of keys) byKey.set(key, member);
  }
  return { fact, byKey, lengths: lengths.map((own) => [...own].sort((one, other) => other - one)), others, problem };
});

const isOdd = ({ parts, wildcard }: IpsetMember): boolean => wildcard || parts.some((part) => part.is === 'device' && part.physical);

function noteLengths(lengths: Set<number>[], { parts }: IpsetMember): void {
  for (const [at, part] of parts.entries()) if (part.is === 'net') noted(lengths, at, lengthOf(part.value));
}

function noted(lengths: Set<number>[], at: number, length: number): void {
  while (lengths.length <= at) lengths.push(new Set());
  lengths[at]?.add(length);
}

/** Every key under which an element is found. */
function keysOf(parts: readonly IpsetPart[], lengths: Set<number>[], netmask: number | null): readonly string[] | undefined {
  let keys: string[] = [''];
  for (const [at, part] of parts.entries()) {
    const own = partKeys(part, lengths, at, netmask);
    if (own === undefined || own.length * keys.length > LARGEST) return undefined;
    keys = keys.flatMap((key) => own.map((one) => (key === '' ? one : `${key},${one}`)));
  }
  return keys;
}

function partKeys(part: IpsetPart, lengths: Set<number>[], at: number, netmask: number | null): readonly string[] | undefined {
  switch (part.is) {
    case 'net': {
      const length = netmask ?? lengthOf(part.value);
      noted(lengths, at, length);
      return [netmask === null ? addressKey(baseOf(part.value), length) : addressKey(baseOf(cidrOf(baseOf(part.value), length)), length)];
    }
    case 'range':
      return rangeKeys(part.from, part.to, (length) => noted(lengths, at, length));
    case 'port':
      if (part.to - part.from >= LARGEST || part.to < part.from) return undefined;
      return Array.from({ length: part.to - part.from + 1 }, (_, index) => portKey(part.protocol, part.from + index));
    case 'device':
    case 'set':
      return [part.name];
    case 'mac':
      return [part.value];
    case 'mark':
      return [String(part.value)];
  }
}

/** A range of addresses as the fewest prefixes. */
function rangeKeys(from: Ip, to: Ip, note: (length: number) => void): readonly string[] | undefined {
  const family = familyOf(from);
  const bits = bitsOf(family);
  const keys: string[] = [];
  const last = toBits(to);
  for (let base = toBits(from); base <= last; ) {
    let size = 0;
    while (size < bits && (base & (1n << BigInt(size))) === 0n && base + (1n << BigInt(size + 1)) - 1n <= last) size++;
    note(bits - size);
    keys.push(addressKey(fromBits(base, family), bits - size));
    if (keys.length > LARGEST) return undefined;
    base += 1n << BigInt(size);
  }
  return keys;
}

/** How an address of a length is found. */
export const addressKey = (base: Ip, length: number): string => (length === bitsOf(familyOf(base)) ? base : `${base}/${length}`);

/** How a port is found. */
export const portKey = (protocol: string | null, port: number): string => (protocol === null ? String(port) : `${protocol}:${port}`);

/** The key of an address cut to a length. */
export const cutKey = (address: Ip, length: number): string => {
  const prefix = cidrOf(address, length);
  return length === bitsOf(cidrFamily(prefix)) ? address : `${baseOf(prefix)}/${length}`;
};
