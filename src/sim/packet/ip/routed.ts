import { familyOf, isLinkLocal, isLoopback, isMulticast } from '#net/ip';
import { type End, end, unknown } from '../next.ts';
import { labelledAnew } from '../route/hashed.ts';
import { portless } from '../route/flow.ts';
import { lookup, type RouteAnswer, type RouteFlow } from '../route/lookup.ts';
import { ownSource } from '../route/own-source.ts';
import type { Path } from '../route/path.ts';
import type { Run } from '../run.ts';
import { either } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import type { Skb } from '../skb.ts';
import { stepped } from '../trail.ts';

/**
 * Routes a packet anew at once where a table asked for that (ip_route_me_harder); without a way the table drops it, and tells nobody
 * (NF_DROP_ERR). The hook keeps its devices.
 */
export function rerouted(run: Run, skb: Skb): Skb | End {
  if (!skb.reroute) return skb;
  const way = routed(run, { ...skb, reroute: false, anySource: true }, true);
  if (!('stage' in way) || way.reason.code !== 'IP_OUTNOROUTES') return way;
  return { ...way, disposition: 'dropped', error: null, reason: { ...way.reason, code: 'NETFILTER_DROP' } };
}

const LOCAL_ERRORS: Readonly<Record<string, number | null>> = { ENETUNREACH: 0, EHOSTUNREACH: 1, EACCES: 13, EINVAL: null };

/** Finds the way out of a packet of this namespace's own, for the first time or anew (net/ipv4/route.c ip_route_output_key_hash_rcu). */
export function routed(run: Run, skb: Skb, isAnew = false): Skb | End {
  const { packet, stack } = skb;
  const foreign =
    skb.anySource || skb.transparent === true || skb.hasNoSource || familyOf(packet.source) === 6 ? undefined : ofForeign(run, skb);
  if (foreign !== undefined) return foreign;
  const link = skb.outBy;
  const strict =
    familyOf(packet.destination) === 6 && (isLinkLocal(packet.destination) || isMulticast(packet.destination)) && link !== null;
  const flow: RouteFlow = {
    source: skb.hasNoSource ? null : packet.source,
    destination: packet.destination,
    iif: 'lo',
    oif: link,
    mark: packet.mark,
    packet: askedBy(skb, isAnew),
    ...hashedBy(skb, isAnew),
    ...(skb.hasNoSource ? {} : { own: true }),
    // around what a tunnel wraps there is nobody's (ip_tunnel_init_flow)
    ...(skb.owner == null || skb.carries !== null ? {} : { user: skb.owner.uid ?? 'not known' }),
    ...(skb.isAnswer || skb.carries !== null ? { ofKernel: true } : {}),
    ...(strict ? { strict } : {}),
  };
  const answer: RouteAnswer = lookup(run, stack, flow);
  if (answer.is === 'gap') return unknown(skb, answer.gap);
  // a rule's reset that gets no way is freed where it was made (nf_send_reset)
  const isFreed = skb.madeUnrouted && !isAnew;
  const code = isFreed ? 'NOT_SPECIFIED' : 'IP_OUTNOROUTES';
  if (answer.is === 'error') {
    const icmp = isFreed ? null : (LOCAL_ERRORS[answer.error] ?? null);
    const it = { code, says: answer.says, by: answer.by, device: null };
    if (icmp === null) return end(skb, { ...it, disposition: 'dropped' });
    return end(skb, { ...it, disposition: 'unreachable', error: { type: 3, code: icmp } });
  }
  const { path } = answer;
  const refused = ofLoopback(run, skb, path, code);
  if (refused !== undefined) return refused;
  const isLocal = path.does === 'local';
  return {
    ...skb,
    path,
    hasNoSource: false,
    routedFor: packet.destination,
    trail: stepped(skb.trail, 'route', isLocal ? 'to this namespace itself' : pathText(path), path.by),
  };
}

/**
 * What a hash of several ways knows of it. A rule's reset of IPv4 has its way from where changed packets get theirs (nf_send_reset);
 * an error's is that of what it is about (icmp_route_lookup, icmp6_send).
 */
function hashedBy(skb: Skb, isAnew: boolean): Partial<RouteFlow> {
  const { stack, packet, isAnswer, anySource, labelled, aboutLabelled } = skb;
  const isHarder = isAnew || (isAnswer && anySource && packet.tcp !== null && familyOf(packet.source) === 4);
  if (!isHarder) return aboutLabelled === null ? {} : { hashed: aboutLabelled };
  const isLookedInto = stack.rules.is === 'seen' && stack.rules.table.dissects[familyOf(packet.destination)];
  return { isAnew: true, isLookedInto, hashed: labelled, ...(isAnew ? { labelled: () => labelledAnew(skb) } : {}) };
}

/**
 * The headers that a packet of one's own is routed by: where a table has changed it, as they are (ip_route_me_harder). At first the
 * kernel's own answers of IPv6 are looked up without their traffic class (tcp_v6_send_response, icmpv6_echo_reply), and a raw socket's
 * packets without protocol and ports, and by the socket's own type of service, which is taken to be the header's (net/ipv4/raw.c
 * raw_sendmsg, net/ipv6/raw.c rawv6_sendmsg).
 */
function askedBy({ packet, isAnswer, isRaw }: Skb, isAnew: boolean): RouteFlow['packet'] {
  if (isAnew) return packet;
  if (isRaw) return portless(packet, null);
  return isAnswer && familyOf(packet.source) === 6 ? { ...packet, tos: 0 } : packet;
}

/** The kernel answers from no address that is not its own, but in the name of a transparent listener (IP_TRANSPARENT). */
function ofForeign(run: Run, skb: Skb): End | undefined {
  const { packet, stack } = skb;
  const own = ownSource(run, stack, packet.source);
  if (own.is === 'own') return undefined;
  if (own.is === 'gap') return unknown(skb, own.gap);
  const says = `${packet.source} is no address of this namespace, and table local does not have it: nothing answers from there`;
  if (packet.tcp === null || skb.transparent === false)
    return end(skb, { disposition: 'dropped', code: 'IP_OUTNOROUTES', says, by: own.by });
  const detail = `whether the socket on ${packet.sourcePort} may answer as ${packet.source}, which is no address of this namespace, is not told`;
  return unknown(skb, { of: 'socket', scope: stack.scope, why: 'not told', detail });
}

/** A loopback address does not leave the machine, unless the device is set to (__mkroute_output). */
function ofLoopback(run: Run, skb: Skb, path: Path, code: string): End | undefined {
  const { packet, stack } = skb;
  if (path.does === 'local' || familyOf(packet.source) === 6 || !isLoopback(packet.source) || path.dev === 'lo') return undefined;
  const allowed = either(stack, path.dev, 'route_localnet');
  const says = `the source ${packet.source} is a loopback address, which does not leave by ${path.dev}`;
  if (isOn(run, stack, allowed, says)) return undefined;
  return end(skb, {
    disposition: 'dropped',
    code,
    says,
    by: allowed.is === 'seen' ? allowed.by : path.by,
    device: path.dev,
  });
}

const pathText = (path: Path): string => `to ${path.route.to} ${path.via === null ? 'on the link' : `via ${path.via}`} dev ${path.dev}`;
