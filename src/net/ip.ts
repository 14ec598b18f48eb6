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

/** The eight groups of an IPv6 address, or nothing for text that is none. */
function v6Groups(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const read = (half: string): number[] | undefined => {
    if (half === '') return [];
    const groups: number[] = [];
    const parts = half.split(':');
    for (const [index, part] of parts.entries()) {
      if (index === parts.length - 1 && part.includes('.')) {
        const v4 = v4Number(part);
        if (v4 === undefined) return undefined;
        groups.push(Math.floor(v4 / 65536), v4 % 65536);
      } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
      else return undefined;
    }
    return groups;
  };
  const head = read(halves[0] ?? '');
  const tail = halves.length === 2 ? read(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
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

/** Any address as a number of its family's width. */
export function toBits(address: Ip): bigint {
  if (familyOf(address) === 4) return BigInt(v4(address));
  const groups = v6Groups(address);
  if (groups === undefined) throw new Error(`not an address: ${address}`);
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
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
