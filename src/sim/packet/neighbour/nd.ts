import type { Address } from '#facts/address/address';
import type { Link } from '#facts/link/link';
import { familyOf, type Ip, isLinkLocal } from '#net/ip';
import { neighbourKey } from '#dataplane/neighbours';
import type { Stack } from '#dataplane/stack';
import { setting, type Setting, settingNamed, type Unread } from '../setting.ts';
import type { Skb } from '../skb.ts';

const isHeld = ({ address, tentative, duplicate }: Address): boolean => familyOf(address) === 6 && tentative !== true && duplicate !== true;

const addressesOn = (stack: Stack, link: Link): readonly Address[] =>
  stack.addresses.is === 'seen' ? (stack.addresses.table.byDevice.get(link.name) ?? []).filter(isHeld) : [];

/** The address that a neighbour solicitation is sent from: the packet's own where the device has it, else the device's link-local one (net/ipv6/ndisc.c ndisc_solicit); nothing when there is none. */
export function ndSource({ stack, packet }: Skb, link: Link): Ip | undefined {
  if (stack.addresses.is === 'gap') return packet.source;
  const own = addressesOn(stack, link);
  return own.find(({ address }) => address === packet.source)?.address ?? own.find(({ address }) => isLinkLocal(address))?.address;
}

/** Whether a station answers a neighbour solicitation (ndisc_recv_ns): for addresses of that very device, or as a proxy for named ones. */
export function answersNd(stack: Stack, link: Link, target: Ip): boolean | Unread {
  const off = settingNamed(stack, 6, link.name, 'disable_ipv6');
  if (off.is === 'seen' && off.value !== 0) return false;
  if (addressesOn(stack, link).some(({ address }) => address === target)) return true;
  if (isAnycast(stack, link, target)) return true;
  if (stack.proxies.is === 'gap' || !stack.proxies.table.has(neighbourKey(link.name, target))) return false;
  const own = settingNamed(stack, 6, link.name, 'forwarding');
  return isBoth(
    own.is === 'seen' ? own : setting(stack, 'net.ipv6.conf.all.forwarding'),
    isAny(['all', link.name].map((name) => settingNamed(stack, 6, name, 'proxy_ndp'))),
  );
}

function isAny(asked: readonly Setting[]): boolean | Unread {
  if (asked.some((one) => one.is === 'seen' && one.value > 0)) return true;
  return asked.find((one) => one.is === 'gap') ?? false;
}

function isBoth(one: Setting, other: boolean | Unread): boolean | Unread {
  if (other === false || (one.is === 'seen' && one.value === 0)) return false;
  return one.is === 'gap' ? one : other;
}

/** A router answers for the first address of each of its prefixes too (ipv6_chk_acast_addr). */
function isAnycast({ routes }: Stack, link: Link, target: Ip): boolean {
  if (routes.is === 'gap') return false;
  const [route] = routes.table.tables.get('local')?.longest(target) ?? [];
  return route?.type === 'anycast' && route.hops.some(({ dev }) => dev === link.name);
}
