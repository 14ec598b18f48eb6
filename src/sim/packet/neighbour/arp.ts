import type { Address } from '#facts/address/address';
import type { Link } from '#facts/link/link';
import type { Route } from '#facts/route/route';
import { cidrOf, contains } from '#net/cidr';
import { familyOf, type Ip, isLoopback, isMulticast } from '#net/ip';
import { neighbourKey } from '#dataplane/neighbours';
import type { Stack } from '#dataplane/stack';
import type { Packet } from '../packet.ts';
import { addressType } from '../route/address-type.ts';
import { vrfOf } from '../route/flow.ts';
import { inputRoute } from '../route/input.ts';
import { lookup } from '../route/lookup.ts';
import { linkAddress } from '../route/source.ts';
import { either, largest, OFF_OR_ON, type Unread, whichever } from '../setting.ts';
import type { Skb } from '../skb.ts';

/** Levels of arp_ignore and arp_announce above which nothing changes. */
const SILENT = 8;
const ANNOUNCE_BEST = 2;
/** Levels of arp_ignore that are told apart where it was not read; the others silence a station for addresses of its very own. */
const IN_USE: readonly number[] = [0, 1, 2];

/** The address that an ARP request carries: the packet's own source where it is this namespace's and may be told, else one of the device (net/ipv4/arp.c arp_solicit); so it is where arp_announce was not read: who answers one answers the other, unless it filters by route. */
export function arpSource({ stack, packet }: Skb, link: Link, hop: Ip): Ip {
  const asked = largest(stack, link.name, 'arp_announce', ANNOUNCE_BEST);
  const announce = asked.is === 'seen' ? asked.value : 0;
  const own = familyOf(packet.source) === 4 && addressType(stack, packet.source, null) === 'LOCAL';
  if (own && (announce === 0 || (announce === 1 && shareLink(stack, link, hop, packet.source)))) return packet.source;
  const source = linkAddress(stack, link.name, hop);
  return source.is === 'seen' ? source.address : packet.source;
}

/** Whether two addresses are in one prefix of a device (inet_addr_onlink). */
function shareLink(stack: Stack, link: Link, one: Ip, other: Ip): boolean {
  return addressesOn(stack, link).some(({ address, length }) => {
    const prefix = cidrOf(address, length);
    return contains(prefix, one) && contains(prefix, other);
  });
}

const addressesOn = (stack: Stack, link: Link): readonly Address[] =>
  stack.addresses.is === 'seen'
    ? (stack.addresses.table.byDevice.get(link.name) ?? []).filter(({ address }) => familyOf(address) === 4)
    : [];

/**
 * Whether a station answers an ARP request (arp_process): it is routed as a packet from the asker would be. Where a setting was not
 * read that decides it, that setting.
 */
export function answersArp(stack: Stack, link: Link, target: Ip, asker: Ip): boolean | Unread {
  if (isMulticast(target)) return false;
  const asLoopback = isLoopback(target) ? isSet(stack, link, 'route_localnet') : true;
  if (asLoopback !== true) return asLoopback;
  const input = inputRoute(null, stack, requestOf(asker, target), link);
  if (input.is === 'gap') return addressType(stack, target, null) === 'LOCAL';
  if (input.is === 'for us') return input.path.does === 'local' && isTold(stack, link, target, asker);
  if (input.is !== 'forward') return false;
  const elsewhere = input.path.dev !== link.name;
  if (elsewhere && stack.proxies.is === 'seen' && stack.proxies.table.has(neighbourKey(link.name, target))) return true;
  return isSet(stack, link, elsewhere ? 'proxy_arp' : 'proxy_arp_pvlan');
}

function isSet(stack: Stack, link: Link, name: string): boolean | Unread {
  const asked = either(stack, link.name, name);
  return asked.is === 'gap' ? asked : asked.value > 0;
}

/** An address of its own is told to who asks, unless arp_ignore or arp_filter forbids it. */
function isTold(stack: Stack, link: Link, target: Ip, asker: Ip): boolean | Unread {
  const level = largest(stack, link.name, 'arp_ignore', SILENT);
  const ignored = whichever(level, IN_USE, (value) => ignores(value, stack, link, target, asker));
  if (ignored.is === 'seen' && ignored.value) return false;
  const filtered = whichever(
    either(stack, link.name, 'arp_filter'),
    OFF_OR_ON,
    (value) => value > 0 && isFiltered(stack, target, asker, link),
  );
  if (filtered.is === 'seen' && filtered.value) return false;
  return [ignored, filtered].find((one) => one.is === 'gap') ?? true;
}

/** Whether a station may answer somebody's request for an address: not where it neither has the address nor stands proxy for others, as far as was read. */
export function mayAnswerArp(stack: Stack, link: Link, target: Ip): boolean {
  const { rules, routes, proxies } = stack;
  if (rules.is === 'gap' || routes.is === 'gap' || rules.table.custom || vrfOf(stack, link.name) !== undefined) return true;
  if (['proxy_arp', 'proxy_arp_pvlan'].some((name) => isSet(stack, link, name) === true)) return true;
  if (proxies.is === 'seen' && proxies.table.has(neighbourKey(link.name, target))) return true;
  if (addressType(stack, target, null) !== 'UNICAST') return true;
  return ['local', 'main', 'default'].some((name) => routes.table.tables.get(name)?.matches(target).flat().some(isLocal));
}

const isLocal = ({ type }: Route): boolean => type === 'local' || type === 'anycast';

function requestOf(source: Ip, destination: Ip): Parameters<typeof inputRoute>[2] {
  const ports = { sourcePort: 0, destinationPort: 0 };
  const packet: Packet = { source, destination, protocol: 'udp', ...ports, tcp: null, icmp: null, size: 28, df: false, ttl: 1, mark: 0 };
  return { packet, labelled: null, wire: packet.size, carries: null };
}

/** arp_ignore: addresses of other devices, in no prefix with who asks, or those of this machine alone are not answered for (arp_ignore, inet_confirm_addr). */
function ignores(level: number, stack: Stack, link: Link, target: Ip, asker: Ip): boolean {
  const own = addressesOn(stack, link).filter(({ address }) => address === target);
  switch (level) {
    case 0:
      return false;
    case 1:
      return own.length === 0;
    case 2:
      return own.length === 0 || !shareLink(stack, link, target, asker);
    case 3: {
      const held = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(target) ?? []) : [];
      return held.every(({ scope }) => scope === 'host');
    }
    default:
      return level >= SILENT;
  }
}

/** arp_filter: only the device answers by which the asker would be answered. */
function isFiltered(stack: Stack, target: Ip, asker: Ip, link: Link): boolean {
  const back = lookup(null, stack, { source: target, destination: asker, iif: 'lo', oif: null, mark: 0, packet: null });
  return back.is !== 'path' || back.path.dev !== link.name;
}
