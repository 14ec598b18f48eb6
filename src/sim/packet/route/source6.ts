import type { Address } from '#facts/address/address';
import { type Cidr, cidr, contains, lengthOf } from '#net/cidr';
import { familyOf, type Ip, isMulticast, toBits } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { OFF_OR_ON, type Setting, settingNamed, type Unread, whichever } from '../setting.ts';
import { inOrder } from './device-order.ts';
import { vrfOf } from './flow.ts';

/** An address, if there is one, or the setting that would decide it and was not read. */
export type Chosen = { readonly is: 'seen'; readonly value: Address | undefined } | Unread;

/** How far an IPv6 address reaches (RFC 4007, as __ipv6_addr_type of net/ipv6/addrconf_core.c orders it). */
export const LINK_LOCAL = 2;
export const SITE_LOCAL = 5;
const GLOBAL = 14;

const LINKS = cidr`fe80::/10`;
const SITES = cidr`fec0::/10`;
const LOOPBACK = '::1';

export function reachOf(address: Ip): number {
  if (isMulticast(address)) return Number((toBits(address) >> 112n) & 15n);
  if (address === LOOPBACK || contains(LINKS, address)) return LINK_LOCAL;
  return contains(SITES, address) ? SITE_LOCAL : GLOBAL;
}

/** The labels of RFC 6724 as the kernel has them (net/ipv6/addrlabel.c ip6addrlbl_init_table). */
const LABELS: readonly (readonly [Cidr, number])[] = [
  [cidr`::/0`, 1],
  [cidr`fc00::/7`, 5],
  [cidr`fec0::/10`, 11],
  [cidr`2002::/16`, 2],
  [cidr`3ffe::/16`, 12],
  [cidr`2001::/32`, 6],
  [cidr`2001:10::/28`, 7],
  [cidr`::ffff:0:0/96`, 4],
  [cidr`::/96`, 3],
  [cidr`::1/128`, 0],
];

const labelOf = (address: Ip): number =>
  LABELS.filter(([prefix]) => contains(prefix, address)).sort(([one], [other]) => lengthOf(other) - lengthOf(one))[0]?.[1] ?? 1;

/** The source that IPv6 sends from by a device (net/ipv6/addrconf.c ipv6_dev_get_saddr): RFC 6724, the first of equals. */
export function select6(stack: Stack, dev: string, destination: Ip): Chosen {
  const temporary = candidatesOf(stack, dev, destination, 0).filter((one) => one.temporary === true);
  const unread = temporary.map((one) => settingNamed(stack, 6, one.dev, TEMPORARY)).find(({ is }) => is === 'gap') ?? NONE;
  const chosen = whichever(
    settingNamed(stack, 6, dev, 'use_oif_addrs_only'),
    OFF_OR_ON,
    (only) =>
      whichever(unread, [0, PREFERRED], (value) => bestOf(stack, candidatesOf(stack, dev, destination, only), dev, destination, value)),
    areOne,
  );
  return chosen.is === 'seen' ? chosen.value : chosen;
}

const TEMPORARY = 'use_tempaddr';
const PREFERRED = 2;
const NONE: Setting = { is: 'seen', value: 0, by: [] };

const areOne = (one: Chosen, other: Chosen): boolean =>
  one === other || (one.is === 'seen' && other.is === 'seen' && one.value === other.value);

function bestOf(stack: Stack, candidates: readonly Address[], dev: string, destination: Ip, unread: number): Address | undefined {
  let best: { readonly address: Address; readonly score: readonly number[] } | undefined;
  for (const address of candidates) {
    const score = scoreOf(stack, address, dev, destination, unread);
    if (best === undefined || isBetter(score, best.score)) best = { address, score };
  }
  return best?.address;
}

function candidatesOf(stack: Stack, dev: string, destination: Ip, only: number): readonly Address[] {
  if (stack.addresses.is === 'gap') return [];
  const { byDevice } = stack.addresses.table;
  const bound = isMulticast(destination) || reachOf(destination) <= LINK_LOCAL;
  const own = (bound || only > 0) && dev !== 'lo' ? (byDevice.get(dev) ?? []) : inOrder(stack, byDevice).flatMap(([, list]) => list);
  const vrf = vrfOf(stack, dev)?.name;
  return own.filter(
    (one) => familyOf(one.address) === 6 && one.tentative !== true && one.duplicate !== true && vrfOf(stack, one.dev)?.name === vrf,
  );
}

/** One number for each rule of RFC 6724, in their order: the larger is better (ipv6_get_saddr_eval). */
function scoreOf(stack: Stack, one: Address, dev: string, destination: Ip, unread: number): readonly number[] {
  const asked = settingNamed(stack, 6, one.dev, TEMPORARY);
  const prefersTemporary = (asked.is === 'seen' ? asked.value : unread) >= PREFERRED;
  return [
    one.address === destination ? 1 : 0,
    reachScore(reachOf(one.address), reachOf(destination)),
    one.deprecated === true ? 0 : 1,
    one.dev === dev ? 1 : 0,
    labelOf(one.address) === labelOf(destination) ? 1 : 0,
    (one.temporary === true) === prefersTemporary ? 1 : 0,
    Math.min(commonBits(one.address, destination), one.length),
  ];
}

/** The smallest reach that is large enough; else the largest there is. */
const reachScore = (own: number, wanted: number): number => (own >= wanted ? 100 - own : own);

function commonBits(one: Ip, other: Ip): number {
  const differing = toBits(one) ^ toBits(other);
  return differing === 0n ? 128 : 128 - differing.toString(2).length;
}

function isBetter(one: readonly number[], other: readonly number[]): boolean {
  for (const [at, value] of one.entries()) if (value !== (other[at] ?? 0)) return value > (other[at] ?? 0);
  return false;
}
