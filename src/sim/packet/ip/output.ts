import type { Link } from '#facts/link/link';
import { familyOf, isLinkLocal, isLoopback, isMulticast } from '#net/ip';
import { netfilter } from '../netfilter/hook.ts';
import { end, type Next, unknown } from '../next.ts';
import { lookup, type RouteAnswer, type RouteFlow } from '../route/lookup.ts';
import type { Path } from '../route/path.ts';
import type { Run } from '../run.ts';
import { either } from '../setting.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';
import { fitted, mtuOf } from './mtu.ts';

/** Sends a packet of this namespace's own: route, OUTPUT, and the route again when a rule changed what it goes by (net/ipv4/ip_output.c). */
export function output(run: Run, skb: Skb): Next {
  const first = routed(run, skb);
  if ('stage' in first) return first;
  const mtu = first.path === null ? undefined : mtuOf(run, skb.stack, first.path, skb.packet.destination);
  const fits = fitted(first, mtu);
  if (fits !== undefined) return fits;
  const passed = netfilter(run, first, 'OUTPUT', { in: null, out: outOf(first) });
  if ('stage' in passed) return passed;
  const again = rerouted(run, passed);
  if ('stage' in again) return again;
  return { stage: 'postrouting', skb: { ...again, wire: mtu === undefined ? again.wire : Math.min(again.wire, mtu.value) } };
}

/** What is for this namespace leaves by lo. */
const outOf = ({ stack, path }: Skb): Link | null => (path === null ? null : (stack.link(path.does === 'local' ? 'lo' : path.dev) ?? null));

/** Routes the packet anew as it was when a table asked for that (ip_route_me_harder); what changed later does not count. */
function rerouted(run: Run, skb: Skb): Skb | Next {
  const { reroute, ...rest } = skb;
  if (reroute === undefined) return skb;
  const again = routed(run, { ...rest, packet: reroute });
  return 'stage' in again ? again : { ...again, packet: skb.packet };
}

const LOCAL_ERRORS: Readonly<Record<string, number | null>> = { ENETUNREACH: 0, EHOSTUNREACH: 1, EACCES: 13, EINVAL: null };

function routed(run: Run, skb: Skb): Skb | Next {
  const { packet, stack } = skb;
  const link = skb.outBy ?? null;
  const strict =
    familyOf(packet.destination) === 6 && (isLinkLocal(packet.destination) || isMulticast(packet.destination)) && link !== null;
  const flow: RouteFlow = {
    source: packet.source,
    destination: packet.destination,
    iif: 'lo',
    oif: link,
    mark: packet.mark,
    packet,
    own: true,
    ...(strict ? { strict } : {}),
  };
  const answer: RouteAnswer = lookup(run, stack, flow);
  if (answer.is === 'gap') return unknown(skb, answer.gap);
  if (answer.is === 'error') {
    const icmp = LOCAL_ERRORS[answer.error] ?? null;
    const it = { code: 'IP_OUTNOROUTES', says: answer.says, by: answer.by, device: null } as const;
    if (icmp === null) return end(skb, { ...it, disposition: 'dropped' });
    return end(skb, { ...it, disposition: 'unreachable', error: { type: 3, code: icmp } });
  }
  const { path } = answer;
  const refused = ofLoopback(skb, path);
  if (refused !== undefined) return refused;
  const isLocal = path.does === 'local';
  return {
    ...skb,
    path,
    routedFor: packet.destination,
    trail: stepped(skb.trail, 'route', isLocal ? 'to this namespace itself' : pathText(path), path.by),
  };
}

/** A loopback address does not leave the machine, unless the device is set to (__mkroute_output). */
function ofLoopback(skb: Skb, path: Path): Next | undefined {
  const { packet, stack } = skb;
  if (path.does === 'local' || familyOf(packet.source) === 6 || !isLoopback(packet.source) || path.dev === 'lo') return undefined;
  const allowed = either(stack, path.dev, 'route_localnet');
  if (allowed !== undefined && allowed.value > 0) return undefined;
  const says = `the source ${packet.source} is a loopback address, which does not leave by ${path.dev}`;
  return end(skb, { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by: allowed?.by ?? path.by, device: path.dev });
}

const pathText = (path: Path): string => `to ${path.route.to} ${path.via === null ? 'on the link' : `via ${path.via}`} dev ${path.dev}`;

/** The last hook, then the neighbour (ip_output, ip6_output). */
export function postrouting(run: Run, skb: Skb): Next {
  const { path } = skb;
  if (path === null) throw new Error('a packet without a path cannot leave');
  const hop = path.via ?? skb.packet.destination;
  const out = outOf(skb);
  const passed = netfilter(run, { ...skb, hop }, 'POSTROUTING', { in: skb.in, out });
  if ('stage' in passed) return passed;
  if (path.does !== 'local') return { stage: 'neighbour', skb: passed };
  const lo = skb.stack.link('lo');
  if (lo === undefined)
    return unknown(passed, { of: 'link', scope: skb.stack.scope, why: 'not told', detail: 'the loopback device was not read' });
  if (lo.up === false)
    return end(passed, { disposition: 'dropped', code: 'DEV_READY', says: 'lo is down', by: [skb.stack.cite('link', lo)], device: 'lo' });
  return { stage: 'ip', skb: { ...passed, cast: 'host', frame: null }, link: lo };
}
