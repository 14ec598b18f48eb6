import type { Stack } from '#dataplane/stack';
import { familyOf, type Ip } from '#net/ip';
import type { ErrorTokens } from '../notes.ts';
import { each, given, likelihood, type Odds, sure } from '../odds.ts';
import type { FactRef } from '../outcome.ts';
import { kernelOf } from '../route/kernel.ts';
import { lookup } from '../route/lookup.ts';
import { placeText, type Run } from '../run.ts';
import { setting, type Setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';

/** ICMP types that a kernel limits by itself: unreachable, source quench, time exceeded, bad parameter (net/ipv4/icmp.c). */
const USUAL_MASK = 0x1818;
/** A peer is told of so many errors at once, then of one per period (XRLIM_BURST_FACTOR). */
const BURST = 6;
const USUAL_MS = 1000;
/** When a peer was last told that was not heard of before: so long ago that all is saved up. */
const LONG_AGO = { saved: 0, at: Number.NEGATIVE_INFINITY };
/**
 * Since then what is saved is cut to the burst only where the clock has ticked, and IPv6 tells wider prefixes no more often (asked of
 * 6.18.44; of what has come earlier to which patches of older kernels, nobody was asked).
 */
const COUNTS_LESS = [6, 18] as const;
/** The longest tick that a kernel is built with (CONFIG_HZ_100). */
const TICK_MS = 10;
/** Errors for want of a route cost a second each, of five that are saved (ip_rt_error_cost, ip_rt_error_burst). */
const ROUTE_COST_MS = 1000;
const ROUTE_BURST_MS = 5000;

/** Whether a stack is still allowed to send an error, by what it sent before; else why not. */
export type Allowed = { readonly is: true } | { readonly is: false; readonly says: string; readonly by: readonly FactRef[] };

const YES: Allowed = { is: true };

/**
 * The limits of errors: for the whole namespace, and for each address that is told (icmpv4_global_allow, inet_peer_xrlim_allow of
 * net/ipv4/inetpeer.c). What was sent before the reading is not known and taken as nothing; a limit that was not read may be any once
 * more is sent than the kernel allows by itself.
 */
export function mayTell(run: Run, stack: Stack, to: Ip, type: number, code: number, ofRoute: boolean): Allowed {
  const family = familyOf(to);
  const peer = peerOf(stack, to);
  const isRoutes = ofRoute && family === 4;
  if (isRoutes && !countMiss(run, stack, to))
    return { is: false, says: `${to} was told of ${ROUTE_BURST_MS / ROUTE_COST_MS} missing routes in a row: no more for now`, by: [] };
  const mask = setting(stack, 'net.ipv4.icmp_ratemask');
  if (isLocal(stack, to) || !isLimited(mask, family, type, code)) return YES;
  const total = setting(stack, 'net.ipv4.icmp_msgs_per_sec');
  if (total.is === 'seen' && total.value === 0) return { is: false, says: 'icmp_msgs_per_sec is 0: no error is sent', by: total.by };
  const period = setting(stack, family === 4 ? 'net.ipv4.icmp_ratelimit' : 'net.ipv6.icmp.ratelimit');
  const countsLess = kernelOf(stack, COUNTS_LESS);
  const ms = (period.is === 'seen' ? period.value : USUAL_MS) / (family === 6 && !countsLess ? 2 ** bonusOf(stack, to) : 1);
  // the route's cost was taken within the same tick
  const isCut = !countsLess || (!isRoutes && hasTicked(run, stack, to, peer, BURST * ms));
  if (!isRoutes) run.notes.ask(rationOf(peer), mostFor(run, peer, ms));
  if (spend(run, stack, peer, { cost: ms, most: BURST * ms, isCut })) return YES;
  const says = `${to} was told of ${BURST} errors in a row: the next goes out ${ms} ms later (icmp_ratelimit)`;
  const unsure = family === 4 && mask.is === 'gap' ? mask : period;
  if (unsure.is === 'gap' && !isOn(run, stack, unsure, says)) return YES;
  return { is: false, says, by: period.is === 'seen' ? period.by : [] };
}

/**
 * Counts a packet of IPv4's for which there is no route; false when its sender was told of too many. It counts before anybody asks whether
 * such a packet is one that an error is sent about (ip_error).
 */
export function countMiss(run: Run, stack: Stack, to: Ip): boolean {
  const peer = peerOf(stack, to);
  // another error takes from what is saved for missing routes, or cuts it: of those only one is sure
  run.notes.ask(rationOf(peer), 1);
  return spend(run, stack, peer, { cost: ROUTE_COST_MS, most: ROUTE_BURST_MS });
}

const peerOf = (stack: Stack, to: Ip): string => `${stack.key} ${to}`;

/** How the errors that an address is told are called among what is rationed. */
const rationOf = (peer: string): string => `errors ${peer}`;

/** How many errors an address can be told for sure now. */
function mostFor(run: Run, peer: string, ms: number): number {
  const least = Math.min(...savedFor(run, peer).map(({ is: { saved, at } }) => saved + Math.max(0, run.at - at)));
  return ms === 0 ? Number.MAX_SAFE_INTEGER : Math.min(BURST, Math.floor(least / ms));
}

/** What an error costs, and up to what is saved: cut to that where it is counted, unless it is said otherwise. */
type Cost = { readonly cost: number; readonly most: number; readonly isCut?: boolean };

/** Takes from what is saved for a peer; false when it is not enough. Where that depends on what came before by chance, it is asked. */
function spend(run: Run, stack: Stack, peer: string, { cost, most, isCut = true }: Cost): boolean {
  const now = each(savedFor(run, peer), ({ saved: before, at }) => {
    const all = before + Math.max(0, run.at - at);
    return { saved: isCut ? Math.min(all, most) : all, at: run.at };
  });
  const isEnough = ({ saved }: ErrorTokens): boolean => saved >= cost;
  const probability = likelihood(now, isEnough);
  const isAlike = now.every(({ is }) => isEnough(is)) || !now.some(({ is }) => isEnough(is));
  const enough = isAlike ? probability > 0 : isPicked(run, stack, peer, probability);
  const saved = given(now, (is) => isEnough(is) === enough);
  run.notes.keepErrors(peer, enough ? each(saved, (is) => ({ ...is, saved: is.saved - cost })) : saved);
  return enough;
}

const savedFor = (run: Run, peer: string): Odds<ErrorTokens> => each(run.notes.errors(peer) ?? sure(null), (is) => is ?? LONG_AGO);

function isPicked(run: Run, stack: Stack, peer: string, probability: number): boolean {
  const options = [
    { name: 'enough is left', probability },
    { name: 'others were told of as many', probability: 1 - probability },
  ];
  return run.pick({ at: `${placeText(stack)} errors to ${peer.split(' ').at(-1)}`, of: 'errors', scope: 'packet', options }) === 0;
}

/** Whether the clock has ticked since a peer was told last: of shorter times than a tick nobody knows, where that matters. */
function hasTicked(run: Run, stack: Stack, to: Ip, peer: string, most: number): boolean {
  if (savedFor(run, peer).every(({ is: { saved, at } }) => run.at - at >= TICK_MS || saved <= most)) return true;
  const gap = {
    of: 'host',
    scope: stack.scope,
    why: 'not told',
    detail: `whether the kernel's clock has ticked since ${to} was told of another error`,
  } as const;
  const options = ['ticked', 'not yet'].map((name) => ({ name, probability: null }));
  return run.pick({ at: placeText(stack), of: 'tick', scope: 'packet', options, because: { gap, by: [] } }) === 0;
}

const isLocal = (stack: Stack, to: Ip): boolean => stack.addresses.is === 'seen' && stack.addresses.table.byAddress.has(to);

/** Fragmentation needed, and too big, are always told. */
function isLimited(asked: Setting, family: 4 | 6, type: number, code: number): boolean {
  if (family === 6) return type !== 2 && type < 128;
  if (type === 3 && code === 4) return false;
  const mask = asked.is === 'seen' ? asked.value : USUAL_MASK;
  return type < 32 && ((mask >>> type) & 1) === 1;
}

/** IPv6 told wider prefixes more often (icmpv6_xrlim_allow). */
function bonusOf(stack: Stack, to: Ip): number {
  const answer = lookup(null, stack, { source: null, destination: to, iif: 'lo', oif: null, mark: 0, packet: null });
  if (answer.is !== 'path') return 0;
  const length = Number(answer.path.route.to.split('/')[1] ?? 128);
  return length < 128 ? (128 - length) >> 5 : 0;
}
