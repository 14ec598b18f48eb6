import type { Link } from '#facts/link/link';
import { familyOf, isLimitedBroadcast, isMulticast } from '#net/ip';
import { isBare, UNTRACKED } from '../conntrack/connection.ts';
import { netfilter } from '../netfilter/hook.ts';
import { type End, end, type Next, unknown } from '../next.ts';
import { vrfOf } from '../route/flow.ts';
import type { Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { fitted, mtuOf } from './mtu.ts';
import { routed } from './routed.ts';

/** Sends a packet of this namespace's own: route, OUTPUT, and the route again when a rule changed what it goes by (net/ipv4/ip_output.c). */
export function output(run: Run, skb: Skb): Next {
  const { destination } = skb.packet;
  const isOwn = skb.carries === null && familyOf(destination) === 4;
  if (isOwn && (isLimitedBroadcast(destination) || isMulticast(destination))) return toMany(skb);
  const first = routed(run, skb);
  if ('stage' in first) return first;
  if (isOwn && first.path?.does === 'broadcast') return toMany(first);
  const mtu = first.path === null ? undefined : mtuOf(run, skb.stack, first.path, skb.packet.destination);
  const refused = first.isRaw ? beyondDevice(first) : fitted(first, mtu);
  if (refused !== undefined) return refused;
  const wire = mtu === undefined ? first.wire : Math.min(first.wire, mtu.value);
  return localOut(run, { ...first, wire, vouched: first.vouched && wire === first.wire });
}

/**
 * What one's own packet to many meets is not modelled: a copy comes back through POSTROUTING, PREROUTING and INPUT, to a group where the
 * device listens to it (ip_mc_output), and to 255.255.255.255 and groups a bound source's device is the way, without a gateway
 * (net/ipv4/route.c ip_route_output_key_hash_rcu, __mkroute_output).
 */
function toMany(skb: Skb): Next {
  const detail = `the copy that comes back of what a namespace itself sends to ${skb.packet.destination}`;
  return unknown(skb, { of: 'packet', scope: skb.stack.scope, why: 'not modelled', detail });
}

/** OUTPUT for a packet that has its route (__ip_local_out). */
export function localOut(run: Run, skb: Skb): Next {
  const out = outOf(skb);
  const vrf = out === null ? undefined : vrfOf(skb.stack, out.name);
  const outside = vrf === undefined || vrf === out ? skb : throughVrf(run, skb, vrf);
  if ('stage' in outside) return outside;
  const passed = netfilter(run, outside, 'OUTPUT', { in: null, out });
  return 'stage' in passed ? passed : { stage: 'postrouting', skb: passed };
}

/** What leaves by a part of a VRF passes OUTPUT and POSTROUTING for the VRF first, untracked (drivers/net/vrf.c vrf_ip_out). */
function throughVrf(run: Run, skb: Skb, vrf: Link): Skb | Next {
  const isUntracked = isBare(skb.track);
  const begun = netfilter(run, isUntracked ? { ...skb, track: UNTRACKED } : skb, 'OUTPUT', { in: null, out: vrf });
  if ('stage' in begun) return begun;
  const passed = netfilter(run, { ...begun, hop: begun.path?.via ?? skb.packet.destination }, 'POSTROUTING', { in: null, out: vrf });
  if ('stage' in passed) return passed;
  return passed.track === UNTRACKED ? { ...passed, track: skb.track } : passed;
}

/** What is for this namespace leaves by lo. */
const outOf = ({ stack, path }: Skb): Link | null => (path === null ? null : (stack.link(path.does === 'local' ? 'lo' : path.dev) ?? null));

/** Of what a raw socket sends only the device's own MTU is looked at before it is on its way, and cut into pieces it may not be (raw_send_hdrinc, rawv6_send_hdrinc). */
function beyondDevice(skb: Skb): End | undefined {
  const { path, stack } = skb;
  if (path === null || path.does === 'local') return undefined;
  const link = stack.link(path.dev);
  return fitted(skb, link?.mtu === undefined ? undefined : { value: link.mtu, by: [stack.cite('link', link)] }, true);
}

/**
 * Who heeds an MTU only behind its last hook: a router of IPv6 a route's own or a learnt one, a raw socket any but the device's
 * (net/ipv4/ip_output.c ip_fragment, net/ipv6/ip6_output.c __ip6_finish_output, ip6_fragment).
 */
function tooBigAtLast(run: Run, skb: Skb): Next | undefined {
  const { packet, path, stack } = skb;
  if (path === null || path.does === 'local') return undefined;
  const heeds = skb.in === null ? skb.isRaw : familyOf(packet.destination) === 6;
  const narrow = heeds ? fitted(skb, mtuOf(run, stack, path, packet.destination)) : undefined;
  return narrow?.disposition === 'too big' ? { ...narrow, reason: { ...narrow.reason, code: 'NOT_SPECIFIED' } } : narrow;
}

/** The last hook, then the neighbour (ip_output, ip6_output). */
export function postrouting(run: Run, skb: Skb): Next {
  const { path } = skb;
  if (path === null) throw new Error('a packet without a path cannot leave');
  const hop = path.via ?? skb.packet.destination;
  const out = outOf(skb);
  const passed = netfilter(run, { ...skb, hop }, 'POSTROUTING', { in: skb.in, out });
  if ('stage' in passed) return passed;
  const narrow = tooBigAtLast(run, passed);
  if (narrow !== undefined) return narrow;
  if (path.does !== 'local') return { stage: 'neighbour', skb: passed };
  const lo = skb.stack.link('lo');
  if (lo === undefined)
    return unknown(passed, { of: 'link', scope: skb.stack.scope, why: 'not told', detail: 'the loopback device was not read' });
  if (lo.up === false)
    return end(passed, { disposition: 'dropped', code: 'DEV_READY', says: 'lo is down', by: [skb.stack.cite('link', lo)], device: 'lo' });
  return { stage: 'ip', skb: { ...passed, cast: 'host', frame: null }, link: lo };
}
