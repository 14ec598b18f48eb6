import { baseOf, type Cidr, cidrFamily, lengthOf } from './cidr.ts';
import { bitsOf, familyOf, type Ip, toBits, v4 } from './ip.ts';

/** Values by prefix, with the longest prefix that holds an address found in at most 33 (129) steps. */
export class PrefixTable<T> {
  /** Per prefix length, longest first: the masked address → values in the order they were given. */
  readonly #v4: Lengths<number, T> = [];
  readonly #v6: Lengths<bigint, T> = [];

  constructor(entries: Iterable<readonly [Cidr, T]>) {
    const four = new Map<number, Map<number, T[]>>();
    const six = new Map<number, Map<bigint, T[]>>();
    for (const [prefix, value] of entries) {
      if (cidrFamily(prefix) === 4) put(four, lengthOf(prefix), v4(baseOf(prefix)), value);
      else put(six, lengthOf(prefix), toBits(baseOf(prefix)), value);
    }
    for (const [length, byBase] of four) this.#v4.push({ length, byBase });
    for (const [length, byBase] of six) this.#v6.push({ length, byBase });
    this.#v4.sort((one, other) => other.length - one.length);
    this.#v6.sort((one, other) => other.length - one.length);
  }

  /** Two tables searched as one: of equal prefixes the values of the first come first. */
  static joined<T>(first: PrefixTable<T>, second: PrefixTable<T>): PrefixTable<T> {
    const table = new PrefixTable<T>([]);
    for (const { length, byBase } of [...first.#v4, ...second.#v4]) joinTo(table.#v4, length, byBase);
    for (const { length, byBase } of [...first.#v6, ...second.#v6]) joinTo(table.#v6, length, byBase);
    return table;
  }

  /** Groups of values whose prefix holds the address, longest prefix first. */
  matches(address: Ip): readonly (readonly T[])[] {
    const groups: T[][] = [];
    if (familyOf(address) === 4) {
      const value = v4(address);
      for (const { length, byBase } of this.#v4) {
        const found = byBase.get(length === 0 ? 0 : (value & (-1 << (32 - length))) >>> 0);
        if (found !== undefined) groups.push(found);
      }
      return groups;
    }
    const value = toBits(address);
    for (const { length, byBase } of this.#v6) {
      const shift = BigInt(bitsOf(6) - length);
      const found = byBase.get((value >> shift) << shift);
      if (found !== undefined) groups.push(found);
    }
    return groups;
  }

  /** The values of the longest prefix that holds the address. */
  longest(address: Ip): readonly T[] {
    return this.matches(address)[0] ?? [];
  }
}

type Lengths<K, T> = { readonly length: number; readonly byBase: Map<K, T[]> }[];

function joinTo<K, T>(lengths: Lengths<K, T>, length: number, from: ReadonlyMap<K, readonly T[]>): void {
  let own = lengths.find((one) => one.length === length)?.byBase;
  if (own === undefined) {
    own = new Map();
    lengths.push({ length, byBase: own });
    lengths.sort((one, other) => other.length - one.length);
  }
  for (const [base, values] of from) own.set(base, [...(own.get(base) ?? []), ...values]);
}

function put<K, T>(lengths: Map<number, Map<K, T[]>>, length: number, base: K, value: T): void {
  let byBase = lengths.get(length);
  if (byBase === undefined) {
    byBase = new Map();
    lengths.set(length, byBase);
  }
  const values = byBase.get(base);
  if (values === undefined) byBase.set(base, [value]);
  else values.push(value);
}
