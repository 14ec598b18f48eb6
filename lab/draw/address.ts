/** IPv4 arithmetic of the lab, its own so that it cannot be wrong together with the product. */

/** The address as a number. */
export function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The number as an address. */
export function addressOf(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** The address that lies `offset` above `base`. */
export const above = (base: string, offset: number): string => addressOf(numberOf(base) + offset);

/** `10.100.41.0/24` as its base and length. */
export function prefixOf(cidr: string): { readonly base: string; readonly length: number } {
  const [base = '', length = '32'] = cidr.split('/');
  return { base, length: Number(length) };
}

/** How many addresses a prefix of this length holds. */
export const sizeOf = (length: number): number => 2 ** (32 - length);

/** Six bytes as a MAC; the first is forced to a locally administered unicast one. */
export function macOf(bytes: readonly number[]): string {
  return bytes
    .map((byte, at) => (at === 0 ? (byte & 0xfc) | 2 : byte))
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(':');
}
