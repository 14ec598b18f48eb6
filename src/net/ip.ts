declare const brand: unique symbol;

/** An IPv4 or IPv6 address in canonical text (RFC 5952 for IPv6), so that `===` compares addresses. */
export type Ip = string & { readonly [brand]: 'Ip' };

/** The two families of addresses; `net.ipv4` and `net.ipv6` in the kernel's words. */
export type Family = 4 | 6;

const MAX_OCTET = 255;

/** The address as the 32-bit number that it is, or nothing for text that is no dotted quad. */
function v4Number(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let octets = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 46;
    if (code === 46) {
      if (octet < 0 || octet > MAX_OCTET) return undefined;
      value = value * 256 + octet;
      octet = -1;
      octets++;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined; // a leading zero is octal to some readers: refuse
      octet = octet < 0 ? code - 48 : octet * 10 + (code - 48);
    } else return undefined;
  }
  return octets === 4 ? value : undefined;
}

const [COLON, DOT, ZERO, LOWER_A, UPPER_A] = [58, 46, 48, 97, 65];

/** The value of a hexadecimal digit, or -1. */
function hexDigit(code: number): number {
  if (code >= ZERO && code < ZERO + 10) return code - ZERO;
  if (code >= LOWER_A && code < LOWER_A + 6) return code - LOWER_A + 10;
  return code >= UPPER_A && code < UPPER_A + 6 ? code - UPPER_A + 10 : -1;
}

/** The eight groups of an IPv6 address, or nothing for text that is none; read sign by sign, for every packet asks. */
function v6Groups(text: string): number[] | undefined {
  const groups: number[] = [];
  let [at, gap] = [0, -1];
  if (text.startsWith('::')) [at, gap] = [2, 0];
  while (at < text.length) {
    const start = at;
    let [value, digit] = [0, hexDigit(text.charCodeAt(at))];
    while (digit >= 0) {
      value = value * 16 + digit;
      digit = ++at < text.length ? hexDigit(text.charCodeAt(at)) : -1;
    }
    if (at === start || at - start > 4) return undefined;
    if (at < text.length && text.charCodeAt(at) === DOT) return withDottedEnds(text);
    groups.push(value);
    if (at === text.length) break;
    if (text.charCodeAt(at) !== COLON || ++at === text.length) return undefined;
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = groups.length;
      at++;
    }
  }
  if (gap < 0) return groups.length === 8 ? groups : undefined;
  if (groups.length > 7) return undefined;
  return [...groups.slice(0, gap), ...ZEROS.slice(groups.length), ...groups.slice(gap)];
}

const ZEROS: readonly number[] = new Array<number>(8).fill(0);

/** The same where the last group before or after `::` is written as a dotted quad: `::ffff:192.0.2.1`. */
function withDottedEnds(text: string): number[] | undefined {
  const plain = text.split('::').map((half) => {
    const dotted = half.slice(half.lastIndexOf(':') + 1);
    if (!dotted.includes('.')) return half;
    const value = v4Number(dotted);
    if (value === undefined) return undefined;
    return `${half.slice(0, half.length - dotted.length)}${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;
  });
  const whole = plain.includes(undefined) ? undefined : plain.join('::');
  return whole === undefined || whole.includes('.') ? undefined : v6Groups(whole);
}

function v6Text(groups: readonly number[]): string {
  let best = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > best.length) best = { at, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.at < 0) return hex.join(':');
  return `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

/** The address that the text names, in canonical form; nothing when it is no address. A zone (`%eth0`) is not part of one. */
export function parseIp(text: string): Ip | undefined {
  if (text.includes(':')) {
    const groups = v6Groups(text);
    return groups === undefined ? undefined : (v6Text(groups) as Ip);
  }
  return v4Number(text) === undefined ? undefined : (text as Ip);
}

/** An address written in the code: ip`10.0.0.1`. Throws on anything else, which is a bug. */
export function ip(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Ip {
  const text = String.raw({ raw: strings }, ...values);
  const address = parseIp(text);
  if (address === undefined) throw new Error(`not an address: ${text}`);
  return address;
}

export const familyOf = (address: Ip): Family => (address.includes(':') ? 6 : 4);

export const bitsOf = (family: Family): 32 | 128 => (family === 4 ? 32 : 128);

/** An IPv4 address as an unsigned 32-bit number. */
export function v4(address: Ip): number {
  const value = v4Number(address);
  if (value === undefined) throw new Error(`not an IPv4 address: ${address}`);
  return value;
}

/** The eight groups of 16 bits of an IPv6 address. */
export function groupsOf(address: Ip): readonly number[] {
  const groups = v6Groups(address);
  if (groups === undefined) throw new Error(`not an IPv6 address: ${address}`);
  return groups;
}

/** Any address as a number of its family's width. */
export function toBits(address: Ip): bigint {
  if (familyOf(address) === 4) return BigInt(v4(address));
  const groups = groupsOf(address);
  // 48 bits are a number's, and three numbers cost less than eight
  const three = (from: number): bigint =>
    BigInt(((groups[from] ?? 0) * 0x10000 + (groups[from + 1] ?? 0)) * 0x10000 + (groups[from + 2] ?? 0));
  return (three(0) << 80n) | (three(3) << 32n) | BigInt((groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0));
}

/** The address that a number of a family's width names. */
export function fromBits(bits: bigint, family: Family): Ip {
  if (family === 4) {
    const value = Number(bits);
    return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.') as Ip;
  }
  const groups = Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(112 - 16 * index)) & 0xffffn));
  return v6Text(groups) as Ip;
}

export const isLoopback = (address: Ip): boolean => address.startsWith('127.') || address === '::1';
export const isUnspecified = (address: Ip): boolean => address === '0.0.0.0' || address === '::';
export const isLimitedBroadcast = (address: Ip): boolean => address === '255.255.255.255';

/** 224.0.0.0/4 and ff00::/8. */
export function isMulticast(address: Ip): boolean {
  if (familyOf(address) === 6) return address.startsWith('ff') && address.indexOf(':') === 4;
  const first = Number(address.slice(0, address.indexOf('.')));
  return first >= 224 && first <= 239;
}

/** 169.254.0.0/16 and fe80::/10. */
export const isLinkLocal = (address: Ip): boolean => address.startsWith('169.254.') || /^fe[89ab]./.test(address);
