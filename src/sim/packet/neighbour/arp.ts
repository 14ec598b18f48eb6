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
import { either, largest } from '../setting.ts';
import type { Skb } from '../skb.ts';

/** Levels of arp_ignore and arp_announce above which nothing changes. */
const SILENT = 8;
const ANNOUNCE_BEST = 2;

/** The address that an ARP request carries: the packet's own source where it is this namespace's and may be told, else one of the device (net/ipv4/arp.c arp_solicit). */
export function arpSource({ stack, packet }: Skb, link: Link, hop: Ip): Ip {
  const announce = largest(stack, link.name, 'arp_announce', ANNOUNCE_BEST)?.value ?? 0;
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

/** Whether a station answers an ARP request (arp_process): it is routed as a packet from the asker would be. */
export function answersArp(stack: Stack, link: Link, target: Ip, asker: Ip): boolean {
  if (isMulticast(target) || (isLoopback(target) && (either(stack, link.name, 'route_localnet')?.value ?? 0) === 0)) return false;
  const input = inputRoute(null, stack, requestOf(asker, target), link);
  if (input.is === 'gap') return addressType(stack, target, null) === 'LOCAL';
  if (input.is === 'for us')
    return input.path.does === 'local' && !ignores(stack, link, target, asker) && !isFiltered(stack, link, target, asker);
  if (input.is !== 'forward') return false;
  const elsewhere = input.path.dev !== link.name;
  if (elsewhere && (either(stack, link.name, 'proxy_arp')?.value ?? 0) > 0) return true;
  if (!elsewhere && (either(stack, link.name, 'proxy_arp_pvlan')?.value ?? 0) > 0) return true;
  return elsewhere && stack.proxies.is === 'seen' && stack.proxies.table.has(neighbourKey(link.name, target));
}

/** Whether a station may answer somebody's request for an address: not where it neither has the address nor stands proxy for others. */
export function mayAnswerArp(stack: Stack, link: Link, target: Ip): boolean {
  const { rules, routes, proxies } = stack;
  if (rules.is === 'gap' || routes.is === 'gap' || rules.table.custom || vrfOf(stack, link.name) !== undefined) return true;
  if (['proxy_arp', 'proxy_arp_pvlan'].some((name) => (either(stack, link.name, name)?.value ?? 0) > 0)) return true;
  if (proxies.is === 'seen' && proxies.table.has(neighbourKey(link.name, target))) return true;
  if (addressType(stack, target, null) !== 'UNICAST') return true;
  return ['local', 'main', 'default'].some((name) => routes.table.tables.get(name)?.matches(target).flat().some(isLocal));
}

const isLocal = ({ type }: Route): boolean => type === 'local' || type === 'anycast';

const requestOf = (source: Ip, destination: Ip): Packet => ({
  source,
  destination,
  protocol: 'udp',
  sourcePort: 0,
  destinationPort: 0,
  tcp: null,
  icmp: null,
  size: 28,
  df: false,
  ttl: 1,
  mark: 0,
});

/** arp_ignore: addresses of other devices, of other prefixes, or those of this machine alone are not answered for. */
function ignores(stack: Stack, link: Link, target: Ip, asker: Ip): boolean {
  const level = largest(stack, link.name, 'arp_ignore', SILENT)?.value ?? 0;
  const own = addressesOn(stack, link).filter(({ address }) => address === target);
  switch (level) {
    case 0:
      return false;
    case 1:
      return own.length === 0;
    case 2:
      return !own.some(({ address, length }) => contains(cidrOf(address, length), asker));
    case 3: {
      const held = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(target) ?? []) : [];
      return held.every(({ scope }) => scope === 'host');
    }
    default:
      return level >= SILENT;
  }
}

/** arp_filter: only the device answers by which the asker would be answered. */
function isFiltered(stack: Stack, link: Link, target: Ip, asker: Ip): boolean {
  if ((either(stack, link.name, 'arp_filter')?.value ?? 0) === 0) return false;
  const back = lookup(null, stack, { source: target, destination: asker, iif: 'lo', oif: null, mark: 0, packet: null });
  return back.is !== 'path' || back.path.dev !== link.name;
}
