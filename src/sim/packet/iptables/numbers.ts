import { parseIp, toBits, type Ip } from '#net/ip';
import { entryOf } from '#net/entry';

/** A range of ports or other numbers, both ends included. */
export type Range = readonly [number, number];

const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  https: 443,
  kerberos: 88,
  ntp: 123,
  bgp: 179,
  vxlan: 4789,
};

/** A number as iptables writes it, or the port of a service by name. */
export const numberOf = (text: string): number | undefined => (/^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : entryOf(SERVICES, text));

/** `80`, `8000:9000`, `:1024`, with either separator. */
export function rangeOf(text: string, separator = ':', most = 65535): Range | undefined {
  const [low = '', high] = text.split(separator);
  const from = low === '' ? 0 : numberOf(low);
  const to = high === undefined ? from : high === '' ? most : numberOf(high);
  return from === undefined || to === undefined ? undefined : [from, to];
}

export const within = (value: number, [low, high]: Range): boolean => value >= low && value <= high;

/** `0x4000/0x4000`; without a mask all bits count. */
export function maskedOf(text: string): { readonly value: number; readonly mask: number } | undefined {
  const [value = '', mask = '0xffffffff'] = text.split('/');
  const one = numberOf(value);
  const other = numberOf(mask);
  return one === undefined || other === undefined ? undefined : { value: one >>> 0, mask: other >>> 0 };
}

/** An address, or a range of them with a dash. */
export function addressRangeOf(text: string): { readonly from: Ip; readonly to: Ip } | undefined {
  const [low = '', high = low] = text.split('-');
  const from = parseIp(low);
  const to = parseIp(high);
  return from === undefined || to === undefined ? undefined : { from, to };
}

export const inAddressRange = (address: Ip, { from, to }: { readonly from: Ip; readonly to: Ip }): boolean => {
  const value = toBits(address);
  return value >= toBits(from) && value <= toBits(to);
};
