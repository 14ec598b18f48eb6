import { familyOf, type Ip } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import { type End, end, unknown } from '../next.ts';
import type { FactRef } from '../outcome.ts';
import type { Path } from '../route/path.ts';
import type { Run } from '../run.ts';
import { setting, settingNamed } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { untold } from '../untold.ts';

/** The largest packet that a path takes, with what says so. */
export type Mtu = { readonly value: number; readonly by: readonly FactRef[] };

/** No link of IPv6 takes less (RFC 8200). */
const SMALLEST6 = 1280;

/** The route's, the device's or a learnt path MTU (include/net/ip.h ip_dst_mtu_maybe_forward, include/net/ip6_route.h ip6_dst_mtu_maybe_forward). */
export function mtuOf(run: Run, stack: Stack, path: Path, destination: Ip, passesOn = false): Mtu | undefined {
  if (path.does === 'local') return { value: 65536, by: [] };
  const own = familyOf(destination) === 4 ? own4(stack, path) : own6(stack, path, passesOn);
  const learnt = learntMtu(run, stack, destination);
  if (learnt === undefined || (own !== undefined && learnt.value >= own.value)) return own;
  return heeds(run, stack, path, destination, passesOn) && !isPurged(run, stack, path, destination, learnt) ? learnt : own;
}

/** Routers do not heed what paths have told them, unless they are set to; IPv4 never lowers a locked MTU (ip_metric_locked). */
function heeds(run: Run, stack: Stack, path: Path, destination: Ip, passesOn: boolean): boolean {
  const four = familyOf(destination) === 4;
  if (four && path.route.mtuLocked === true) return false;
  const asked = setting(stack, 'net.ipv4.ip_forward_use_pmtu');
  return !passesOn || (four && isOn(run, stack, asked, `a router may heed what was learnt of the path to ${destination}`));
}

/** How often IPv6 looks through what it learnt, in milliseconds (net.ipv6.route.gc_interval as it is by itself), less what a kernel rounds. */
const PURGE_MS = 29_000;

/**
 * What IPv6 learnt of a path by a gateway goes at the next purge, long before it runs out, where the gateway does not say of itself that
 * it is a router; the purges begin with the first that is learnt (net/ipv6/route.c rt6_age_examine_exception, fib6_force_start_gc).
 */
function isPurged(run: Run, stack: Stack, path: Path, destination: Ip, { by }: Mtu): boolean {
  if (familyOf(destination) === 4 || path.does !== 'send' || path.via === null) return false;
  const { pathMtus } = stack;
  const isFirst = pathMtus.is === 'seen' && ![...pathMtus.table.keys()].some((to) => familyOf(to) === 6);
  if (run.at <= (isFirst ? run.firstLearnt(stack) + PURGE_MS : 0)) return false;
  const detail = `what was learnt of the path to ${destination} is forgotten with the next purge, if ${path.via} is not known as a router`;
  const missing = { of: 'path-mtu', why: 'not told' } as const;
  const options = ['still known', 'forgotten'];
  return untold(run, stack, { at: `path ${destination}`, of: 'path mtu', options, detail, missing, by }) === 1;
}

function learntMtu(run: Run, stack: Stack, destination: Ip): Mtu | undefined {
  const own = run.pathMtu(stack, destination);
  if (own !== undefined) return { value: own.mtu, by: [] };
  const { pathMtus } = stack;
  const read = pathMtus.is === 'seen' ? pathMtus.table.get(destination) : undefined;
  return read === undefined || read.mtu === null ? undefined : { value: read.mtu, by: [stack.cite('path-mtu', read)] };
}

function own4(stack: Stack, path: Path): Mtu | undefined {
  if (path.mtu !== null) return { value: path.mtu, by: path.by };
  const link = stack.link(path.dev);
  return link?.mtu === undefined ? undefined : { value: link.mtu, by: [stack.cite('link', link)] };
}

/** IPv6 has an MTU of its own for each device, which is the device's unless somebody lowers it; a router passes over what the route says until its last hook, and then heeds any of it. */
function own6(stack: Stack, path: Path, passesOn: boolean): Mtu | undefined {
  const named = path.mtu !== null && (!passesOn || path.route.mtuLocked === true) ? { value: path.mtu, by: path.by } : undefined;
  const link = stack.link(path.dev);
  const mtu6 = settingNamed(stack, 6, path.dev, 'mtu');
  const device = link?.mtu === undefined ? undefined : { value: link.mtu, by: [stack.cite('link', link)] };
  if (named !== undefined && !passesOn) return named;
  const own = named ?? (mtu6.is === 'seen' && mtu6.value > 0 && device !== undefined && mtu6.value < device.value ? mtu6 : device);
  return own === undefined ? undefined : { ...own, value: Math.max(own.value, SMALLEST6) };
}

/** Every link takes this much (RFC 791), so an MTU that was not read does not matter below it. */
const ALWAYS_FITS = { 4: 576, 6: SMALLEST6 } as const;

/** The end of a packet that is too big and must not be cut into pieces (ip_exceeds_mtu, ip6_pkt_too_big), or nothing. */
export function fitted(skb: Skb, mtu: Mtu | undefined, isWhole = false): End | undefined {
  const { packet, stack } = skb;
  const family = familyOf(packet.destination);
  if (packet.size <= Math.min(ALWAYS_FITS[family], mtu?.value ?? Number.POSITIVE_INFINITY)) return undefined;
  const device = skb.path?.dev ?? null;
  if (mtu === undefined)
    return unknown(skb, { of: 'link', scope: stack.scope, why: 'not told', detail: `the MTU of ${device} was not read` });
  // Routers do not fragment IPv6; the pieces that its sender made are passed on as they are.
  const size = family === 6 && skb.in !== null ? Math.min(packet.size, skb.wire) : packet.size;
  const whole = isWhole || packet.df || (family === 6 && (skb.in !== null || skb.isRaw));
  if (size <= mtu.value || !whole) return undefined;
  const says = `${size} bytes do not fit the ${mtu.value} of ${device}, and it must not be fragmented`;
  return end(skb, {
    disposition: 'too big',
    code: 'PKT_TOO_BIG',
    says,
    by: mtu.by,
    error: { type: 3, code: 4, mtu: mtu.value },
    ...(skb.in === null ? { device } : {}),
  });
}
