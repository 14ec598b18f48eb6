import type { Link } from '#facts/link/link';
import { type Cidr, cidrOf, overlaps } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Address } from '#facts/address/address';
import type { AddressTable } from './addresses.ts';
import { memoised } from './memo.ts';
import type { Stack } from './stack.ts';
import type { Station } from './station.ts';

/** The captured devices whose other end was not captured: what lies between them is the underlay. */
export type Underlay = {
  /** By every link-layer address that frames may have which come in there (its own, that of the bridge or bond above it). */
  readonly byMac: ReadonlyMap<Mac, readonly Station[]>;
  /** By the addresses on it, or on the device above it. */
  readonly byAddress: ReadonlyMap<Ip, readonly Station[]>;
  readonly has: (station: Station) => boolean;
};

/** Kinds of devices that lead nowhere outside, or that lead there only through another device. */
const INNER = new Set([
  'loopback',
  'bridge',
  'vxlan',
  'dummy',
  'ifb',
  'ipip',
  'sit',
  'gre',
  'gretap',
  'geneve',
  'tun',
  'wireguard',
  'vrf',
  'ip6tnl',
  'nlmon',
  'vti',
]);

/** Whether a device can lead out of the machine. A veth on a bridge leads into a namespace that was not captured. */
export function leadsOutside({ links }: Stack, link: Link): boolean {
  const master = typeof link.master === 'string' && links.is === 'seen' ? links.table.byName.get(link.master) : undefined;
  if (link.name === 'lo' || INNER.has(link.type ?? '') || master?.type === 'bond') return false;
  return link.type !== 'veth' || master === undefined;
}

export function underlayOf(uplinks: readonly Station[]): Underlay {
  const byMac = new Map<Mac, Station[]>();
  const byAddress = new Map<Ip, Station[]>();
  for (const station of uplinks) {
    const { stack, link } = station;
    const master = typeof link.master === 'string' ? stack.link(link.master) : undefined;
    for (const mac of [link.mac, master?.mac]) if (typeof mac === 'string') put(byMac, mac, station);
    for (const { address } of addressesAt(station)) put(byAddress, address, station);
  }
  const open = new Set(uplinks.map(({ link }) => link));
  return { byMac, byAddress, has: ({ link }) => open.has(link) };
}

/** The addresses on a device and on the bridge above it. */
export const addressesAt = ({ stack, link }: Station): readonly Address[] =>
  stack.addresses.is === 'gap' ? [] : addressesOn(stack.addresses.table, link);

function addressesOn({ byDevice }: AddressTable, link: Link): readonly Address[] {
  return [...(byDevice.get(link.name) ?? []), ...(typeof link.master === 'string' ? (byDevice.get(link.master) ?? []) : [])];
}

/** The prefixes that a device is in, made once for the addresses that its namespace has. */
const prefixesIn = memoised((table: AddressTable) =>
  memoised((link: Link): readonly Cidr[] => addressesOn(table, link).map(({ address, length }) => cidrOf(address, length))),
);

const prefixesAt = ({ stack, link }: Station): readonly Cidr[] =>
  stack.addresses.is === 'gap' ? [] : prefixesIn(stack.addresses.table)(link);

/** Whether two uplinks can be on one segment: some prefix of one overlaps some prefix of the other. */
export function share(one: Station, other: Station): boolean {
  const theirs = prefixesAt(other);
  return prefixesAt(one).some((prefix) => theirs.some((their) => overlaps(prefix, their)));
}

function put<K>(into: Map<K, Station[]>, key: K, station: Station): void {
  const own = into.get(key);
  if (own === undefined) into.set(key, [station]);
  else if (!own.includes(station)) own.push(station);
}
