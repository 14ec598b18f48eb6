import { cidrOf, overlaps } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import type { Address } from '#facts/address/address';
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

type Captured = { readonly stacks: () => Iterable<Stack>; readonly peer: (stack: Stack, link: Station['link']) => Station | undefined };

export function underlayOf(world: Captured): Underlay {
  const byMac = new Map<Mac, Station[]>();
  const byAddress = new Map<Ip, Station[]>();
  const open = new Set<string>();
  for (const stack of world.stacks()) {
    const links = stack.links.is === 'seen' ? stack.links.table : undefined;
    for (const link of links?.all ?? []) {
      const master = typeof link.master === 'string' ? links?.byName.get(link.master) : undefined;
      if (link.name === 'lo' || INNER.has(link.type ?? '') || world.peer(stack, link) !== undefined || master?.type === 'bond') continue;
      // a veth on a bridge leads into a namespace that was not captured, not out of the machine
      if (link.type === 'veth' && master !== undefined) continue;
      const station = { stack, link };
      open.add(`${stack.key}\0${link.name}`);
      for (const mac of [link.mac, master?.mac]) if (typeof mac === 'string') put(byMac, mac, station);
      for (const { address } of addressesAt(station)) put(byAddress, address, station);
    }
  }
  return { byMac, byAddress, has: ({ stack, link }) => open.has(`${stack.key}\0${link.name}`) };
}

/** The addresses on a device and on the bridge above it. */
export function addressesAt({ stack, link }: Station): readonly Address[] {
  if (stack.addresses.is === 'gap') return [];
  const { byDevice } = stack.addresses.table;
  return [...(byDevice.get(link.name) ?? []), ...(typeof link.master === 'string' ? (byDevice.get(link.master) ?? []) : [])];
}

/** Whether two uplinks can be on one segment: some prefix of one overlaps some prefix of the other. */
export function share(one: Station, other: Station): boolean {
  const mine = addressesAt(one).map(({ address, length }) => cidrOf(address, length));
  const theirs = addressesAt(other).map(({ address, length }) => cidrOf(address, length));
  return mine.some((prefix) => theirs.some((their) => overlaps(prefix, their)));
}

function put<K>(into: Map<K, Station[]>, key: K, station: Station): void {
  const own = into.get(key);
  if (own === undefined) into.set(key, [station]);
  else if (!own.includes(station)) own.push(station);
}
