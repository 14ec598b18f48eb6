import { bitsOf, type Family, familyOf, fromBits, type Ip, parseIp, toBits, groupsOf } from './ip.ts';

declare const brand: unique symbol;

/** A prefix in canonical text, host bits zero: `10.244.1.0/24`, `::/0`. */
export type Cidr = string & { readonly [brand]: 'Cidr' };

/** The prefix and the address as written: what `ip addr` shows as `10.244.1.7/24`. */
export type AddressWithLength = { readonly address: Ip; readonly length: number };

const mask = (family: Family, length: number): bigint => {
  const bits = BigInt(bitsOf(family));
  return ((1n << bits) - 1n) ^ ((1n << (bits - BigInt(length))) - 1n);
};

/** An address with its prefix length, host bits kept; a bare address has its family's full length. */
export function parseAddressWithLength(text: string): AddressWithLength | undefined {
  const slash = text.indexOf('/');
  const address = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const bits = bitsOf(familyOf(address));
  if (slash < 0) return { address, length: bits };
  const rest = text.slice(slash + 1);
  if (/^\d{1,3}$/.test(rest)) return Number(rest) <= bits ? { address, length: Number(rest) } : undefined;
  const length = lengthOfMask(rest);
  return length === undefined ? undefined : { address, length };
}

/** The prefix length that a dotted mask means: 255.255.255.0 → 24. Nothing for masks with holes. */
export function lengthOfMask(text: string): number | undefined {
  const address = parseIp(text);
  if (address === undefined || familyOf(address) !== 4) return undefined;
  const inverse = 0xffffffffn ^ toBits(address);
  if ((inverse & (inverse + 1n)) !== 0n) return undefined;
  return 32 - inverse.toString(2).replace(/^0$/, '').length;
}

/** The prefix that the text names, host bits cut off; nothing when it names none. */
export function parseCidr(text: string): Cidr | undefined {
  const parsed = parseAddressWithLength(text);
  return parsed === undefined ? undefined : cidrOf(parsed.address, parsed.length);
}

export function cidrOf(address: Ip, length: number): Cidr {
  const family = familyOf(address);
  const bits = bitsOf(family);
  const base = length === bits ? address : fromBits(toBits(address) & mask(family, length), family);
  return `${base}/${length}` as Cidr;
}

/** A prefix written in the code: cidr`10.0.0.0/8`. Throws on anything else, which is a bug. */
export function cidr(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Cidr {
  const text = String.raw({ raw: strings }, ...values);
  const prefix = parseCidr(text);
  if (prefix === undefined) throw new Error(`not a prefix: ${text}`);
  return prefix;
}

export const baseOf = (prefix: Cidr): Ip => prefix.slice(0, prefix.indexOf('/')) as Ip;
export const lengthOf = (prefix: Cidr): number => Number(prefix.slice(prefix.indexOf('/') + 1));
export const cidrFamily = (prefix: Cidr): Family => (prefix.includes(':') ? 6 : 4);

/** The prefix that holds every address of a family. */
export const everything = (family: Family): Cidr => (family === 4 ? '0.0.0.0/0' : '::/0') as Cidr;

/** The bits of a canonical IPv4 address, or of a prefix's base, without a BigInt: asked for every route of every node. */
function bits4(text: string): number {
  let bits = 0;
  let octet = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === SLASH) break;
    if (code === DOT) {
      bits = (bits << 8) | octet;
      octet = 0;
    } else octet = octet * 10 + code - ZERO;
  }
  return (bits << 8) | octet;
}

const [DOT, SLASH, ZERO] = ['.', '/', '0'].map((sign) => sign.charCodeAt(0)) as [number, number, number];

/** Whether an address lies in a prefix. */
export function contains(prefix: Cidr, address: Ip): boolean {
  const family = cidrFamily(prefix);
  if (familyOf(address) !== family) return false;
  if (family === 4) {
    const length = lengthOf(prefix);
    return length === 0 || (bits4(address) ^ bits4(prefix)) >>> (32 - length) === 0;
  }
  return beginAlike(groupsOf(address), groupsOf(baseOf(prefix)), lengthOf(prefix));
}

/** Whether two IPv6 addresses have the same first bits. */
function beginAlike(one: readonly number[], other: readonly number[], length: number): boolean {
  for (let [at, left] = [0, length]; left > 0; at++, left -= 16) {
    const differ = (one[at] ?? 0) ^ (other[at] ?? 0);
    if (left >= 16 ? differ !== 0 : differ >>> (16 - left) !== 0) return false;
  }
  return true;
}

/** Whether addresses lie in a prefix, which is read only once: for what is asked of every packet. */
export function holderOf(prefix: Cidr): (address: Ip) => boolean {
  const length = lengthOf(prefix);
  if (cidrFamily(prefix) === 6) {
    const groups = groupsOf(baseOf(prefix));
    return (address) => familyOf(address) === 6 && (length === 0 || beginAlike(groupsOf(address), groups, length));
  }
  const base = bits4(prefix);
  const free = 32 - length;
  return (address) => familyOf(address) === 4 && (length === 0 || (bits4(address) ^ base) >>> free === 0);
}

/** Whether one of the two prefixes lies in the other. */
export function overlaps(one: Cidr, other: Cidr): boolean {
  return lengthOf(one) <= lengthOf(other) ? contains(one, baseOf(other)) : contains(other, baseOf(one));
}

/** The nth address of a prefix, counted from its base. */
export function nthAddress(prefix: Cidr, n: number): Ip {
  return fromBits(toBits(baseOf(prefix)) + BigInt(n), cidrFamily(prefix));
}

/** The highest address of a prefix: the directed broadcast address of an IPv4 subnet. */
export function lastAddress(prefix: Cidr): Ip {
  const family = cidrFamily(prefix);
  const size = 1n << BigInt(bitsOf(family) - lengthOf(prefix));
  return fromBits(toBits(baseOf(prefix)) + size - 1n, family);
}
