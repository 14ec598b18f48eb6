import type { Stack } from '#dataplane/stack';
import { neighbourKey } from '#dataplane/neighbours';
import type { NextHop, Route } from '#facts/route/route';
import { familyOf } from '#net/ip';
import type { FactRef } from '../outcome.ts';
import { placeText, type Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { RouteFlow } from './flow.ts';
import type { Found } from './found.ts';
import { hashedOf } from './hashed.ts';
import { kernelOf } from './kernel.ts';
import { sourceOfHop } from './source.ts';

/** Since this version a way out whose own source is the packet's is preferred (32607a332cfe). */
const PREFERS_SOURCE = [6, 16] as const;

/** Which of several ways out a flow takes: by a hash of what the policy names, weighted (fib_select_multipath, fib6_select_path). */
export function pickHop(run: Run | null, stack: Stack, flow: RouteFlow, { route, hops }: Found): number {
  const family = familyOf(flow.destination);
  // a device that is asked for is all that IPv4 looks at; in IPv6 it only scores
  if (run === null || hops.length < 2 || (flow.oif !== null && (family === 4 || flow.strict === true))) return 0;
  const usable = family === 4 ? withNeighbours(run, stack, hops) : hops.map((_, at) => at);
  if (usable.length === 0) return 0;
  const shares = sharesOf(hops, usable);
  const preferred = family === 4 && flow.own === true ? bySource(stack, route, flow, hops, usable) : [];
  const options = (preferred.length > 0 ? narrowed(shares, preferred) : shares).filter(({ share }) => share > 0);
  const [only] = options;
  if (options.length < 2) return only?.at ?? usable[0] ?? 0;
  const named = options.map(({ at, share }) => ({
    name: `via ${hops[at]?.via ?? 'link'} dev ${hops[at]?.dev ?? '?'}`,
    probability: share,
  }));
  const ask = (at: string): number => run.pick({ at, of: 'ecmp', scope: 'connection', lasts: true, options: named });
  return options[byHash(run, stack, route, flow, ask)]?.at ?? 0;
}

type Share = { readonly at: number; readonly share: number };

function sharesOf(hops: readonly NextHop[], usable: readonly number[]): readonly Share[] {
  const total = usable.reduce((sum, at) => sum + (hops[at]?.weight ?? 1), 0);
  return usable.map((at) => ({ at, share: (hops[at]?.weight ?? 1) / total }));
}

/** With fib_multipath_use_neigh ways whose gateway does not answer are passed over (fib_good_nh). */
function withNeighbours(run: Run, stack: Stack, hops: readonly NextHop[]): readonly number[] {
  const all = hops.map((_, at) => at);
  const { neighbours } = stack;
  if (neighbours.is === 'gap') return all;
  const reached = all.filter((at) => {
    const { dev = null, via = null } = hops[at] ?? {};
    const state = dev === null || via === null ? undefined : neighbours.table.get(neighbourKey(dev, via))?.state;
    return state !== 'failed' && state !== 'incomplete' && state !== 'none';
  });
  const asked = setting(stack, 'net.ipv4.fib_multipath_use_neigh');
  return reached.length < all.length && isOn(run, stack, asked, 'a gateway that does not answer may be passed over') ? reached : all;
}

/** The ways whose own source is the packet's. */
function bySource(
  stack: Stack,
  route: Route,
  { source }: RouteFlow,
  hops: readonly NextHop[],
  usable: readonly number[],
): readonly number[] {
  if (source === null || route.nexthopId != null || !kernelOf(stack, PREFERS_SOURCE)) return [];
  return usable.filter((at) => {
    const hop = hops[at];
    return hop !== undefined && sourceOfHop(stack, route, hop) === source;
  });
}

/** The hash still speaks where it falls on a preferred way; all that falls elsewhere goes to the first of them. */
function narrowed(shares: readonly Share[], preferred: readonly number[]): readonly Share[] {
  const [first] = preferred;
  let passed = 0;
  const bounds = shares.map(({ at, share }) => ({ at, from: passed, to: (passed += share) }));
  let covered = 0;
  const own = bounds
    .filter(({ at }) => preferred.includes(at))
    .map(({ at, to }) => {
      // the first preferred way whose bound is not below the hash takes it
      const share = Math.max(0, to - covered);
      covered = Math.max(covered, to);
      return { at, share };
    });
  return own.map(({ at, share }) => ({ at, share: at === first ? share + (1 - covered) : share }));
}

/** A policy that names the fields itself (fib_multipath_hash_fields), and all of them: what is alike in those has one hash whichever are named. */
const CHOSEN = 3;
const EVERY_FIELD = 0xfff;

/** The settings that a way was chosen by, where somebody made them other than they are born. */
export function hashedBy(stack: Stack, { destination }: RouteFlow, { hops }: Pick<Found, 'hops'>): readonly FactRef[] {
  if (hops.length < 2) return [];
  const named = `net.ipv${familyOf(destination)}.fib_multipath_hash`;
  const policy = setting(stack, `${named}_policy`);
  if (policy.is === 'gap' || policy.value === 0) return [];
  const fields = policy.value === CHOSEN ? setting(stack, `${named}_fields`) : policy;
  return fields === policy || fields.is === 'gap' ? policy.by : [...policy.by, ...fields.by];
}

/**
 * What the hash is made of is told by fib_multipath_hash_policy. The same text picks the same way; where the policy was not read it
 * matters as soon as other ports between the same ends ask for theirs.
 */
function byHash(run: Run, stack: Stack, route: Route, flow: RouteFlow, ask: (at: string) => number): number {
  const { destination } = flow;
  const text = (policy: number, fields = 0): string =>
    `${placeText(stack)} route ${route.table} ${route.to} for ${hashedOf(flow, { policy, fields })}`;
  const named = `net.ipv${familyOf(destination)}.fib_multipath_hash`;
  const policy = setting(stack, `${named}_policy`);
  if (policy.is === 'seen' && policy.value !== CHOSEN) return ask(text(policy.value));
  if (policy.is === 'seen') {
    const fields = setting(stack, `${named}_fields`);
    return ask(text(CHOSEN, fields.is === 'seen' ? fields.value : EVERY_FIELD));
  }
  const [addresses, all] = [text(0), text(1)];
  if (flow.packet === null) return ask(addresses);
  const { notes } = run;
  const isAsked = notes.picked(addresses) !== undefined;
  if (isAsked && notes.picked(all) === undefined)
    return ask(isOn(run, stack, policy, `ports may choose the way to ${destination}`) ? all : addresses);
  const picked = ask(all);
  if (!isAsked) notes.keepPick(addresses, picked);
  return picked;
}
