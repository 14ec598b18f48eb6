import type { Link } from '#facts/link/link';
import { type Ip, isLimitedBroadcast, isLinkLocal, isMulticast, isUnspecified } from '#net/ip';
import { addressType, isUnicast6 } from '../route/address-type.ts';
import { portless } from '../route/flow.ts';
import { otherwiseJoined } from '../route/joined-type.ts';
import { kernelOf } from '../route/kernel.ts';
import { lookup } from '../route/lookup.ts';
import { gapOf, type NftContext } from './context.ts';
import { one, type Read } from './value.ts';

const TYPES = { UNSPEC: 3, UNICAST: 1, LOCAL: 2, BROADCAST: 3, ANYCAST: 4, MULTICAST: 5 } as const;
const MISSING = one(0);

/** Asks the routing tables (net/ipv4/netfilter/nft_fib_ipv4.c, net/ipv6/netfilter/nft_fib_ipv6.c). */
export function readFib(context: NftContext, flags: readonly string[], result: string): Read {
  const isSource = flags.includes('saddr');
  const device = flags.includes('iif') ? context.in : flags.includes('oif') ? context.out : null;
  if (result === 'type') return type(context, isSource, flags, device);
  const found = foundDevice(context, isSource, flags, device);
  if (found === null) return result === 'oifname' ? one('') : MISSING;
  if (typeof found !== 'string') return found;
  return result === 'check' ? one(1) : one(found);
}

/** The types that only an IPv6 route tells (enum rtn_type). */
const ROUTED: Readonly<Record<string, number>> = { EINVAL: 6, EACCES: 8, EAGAIN: 9 };
const [UNSPEC, LOCAL, ANYCAST, UNREACHABLE] = [0, 2, 4, 7];

/** The type of service and the protocol are asked by, the latter of each piece too; ports are not (nft_fib4_eval, nft_fib6_flowi_init). */
const headersOf = ({ packet }: NftContext) => portless(packet, packet.protocol);

/** On the way through, the device that a packet leaves by stands for the one that its answer comes in by (nft_fib4_eval, nft_fib6_flowi_init). */
const iifOf = ({ hook, out }: NftContext, isSource: boolean, flags: readonly string[]): string =>
  hook === 'forward' && isSource && flags.includes('iif') ? (out?.name ?? 'lo') : 'lo';

/** What means nothing without its link is asked for on the device that is named, else the packet's (nft_fib6_flowi_init, RT6_LOOKUP_F_IFACE). */
const linkOf = (context: NftContext, asked: Ip, device: Link | null): { readonly oif: string | null; readonly strict?: true } =>
  context.family === 6 && isOfLink(asked) ? { oif: (device ?? context.in)?.name ?? null, strict: true } : { oif: null };

const isOfLink = (address: Ip): boolean => isLinkLocal(address) || /^ff.2:/.test(address);

/** An IPv6 address is asked of the routes, which may refuse it (__nft_fib6_eval_type). */
function type6(context: NftContext, isSource: boolean, flags: readonly string[], device: Link | null): Read {
  const { stack, packet } = context;
  const [asked, other] = isSource ? [packet.source, packet.destination] : [packet.destination, packet.source];
  const answer = lookup(null, stack, {
    ...{ source: other, destination: asked, iif: iifOf(context, isSource, flags), ...linkOf(context, asked, device) },
    ...{ mark: flags.includes('mark') ? packet.mark : 0, packet: headersOf(context) },
  });
  if (answer.is === 'gap') return { gap: answer.gap };
  if (answer.is === 'error') return one(ROUTED[answer.error] ?? UNREACHABLE);
  const { type: kind } = answer.path.route;
  if (kind === 'anycast') return one(ANYCAST);
  const { addresses } = stack;
  if (device !== null && addresses.is === 'gap') return { gap: addresses.gap };
  const isOwn = device === null ? kind === 'local' : addresses.is === 'seen' && isOn(addresses.table, asked, device);
  if (isOwn) return one(LOCAL);
  return one(isMulticast(asked) ? TYPES.MULTICAST : isUnicast6(asked) ? TYPES.UNICAST : UNSPEC);
}

type Addresses = Extract<NftContext['stack']['addresses'], { is: 'seen' }>['table'];

const isOn = ({ byAddress }: Addresses, address: Ip, device: Link): boolean =>
  (byAddress.get(address) ?? []).some(({ dev }) => dev === device.name);

function type(context: NftContext, isSource: boolean, flags: readonly string[], device: Link | null): Read {
  const { stack, packet, family } = context;
  const asked = isSource ? packet.source : packet.destination;
  if (family === 6 && !isUnspecified(asked)) return type6(context, isSource, flags, device);
  const kind = addressType(stack, asked, device?.name ?? null);
  if (typeof kind !== 'string') return { gap: kind };
  // what is of a class of its own is not looked up (net/ipv4/fib_frontend.c __inet_dev_addr_type)
  const isLookedUp = family === 4 && !isUnspecified(asked) && !isLimitedBroadcast(asked) && !isMulticast(asked);
  const gap = isLookedUp ? otherwiseJoined(stack, asked, device?.name ?? null, kind) : undefined;
  if (gap !== undefined) return { gap };
  if (family === 6 && kind === 'UNSPEC') return gapOf(context, 'the type of :: is not modelled');
  return one(TYPES[kind]);
}

/** The device by which the address is reached; one that was asked for stands where it is among the ways. */
function foundDevice(
  context: NftContext,
  isSource: boolean,
  flags: readonly string[],
  device: Link | null,
): string | null | Exclude<Read, 'break'> {
  const { stack, packet, hook } = context;
  const [asked, other] = isSource ? [packet.source, packet.destination] : [packet.destination, packet.source];
  const own = hook === 'prerouting' || hook === 'ingress' || hook === 'input' ? unasked(context, hook === 'input') : null;
  if (own !== null) return own;
  const { destination } = packet;
  if (context.family === 4 && isUnspecified(packet.source) && (isLimitedBroadcast(destination) || destination.startsWith('224.0.0.')))
    return context.in?.name ?? context.out?.name ?? null;
  const flow = {
    ...{ source: other, destination: asked, iif: iifOf(context, isSource, flags), ...linkOf(context, asked, device) },
    ...{ mark: flags.includes('mark') ? packet.mark : 0, packet: headersOf(context) },
  };
  const answer = lookup(null, stack, flow);
  if (answer.is === 'gap') return { gap: answer.gap };
  // only what is its own has none: a broadcast, or a group, goes out by a device as anything else
  if (answer.is === 'error' || answer.path.does === 'local') return null;
  if (device === null) return answer.path.dev;
  const { route, dev } = answer.path;
  return dev === device.name || route.hops.some((hop) => hop.dev === device.name) ? device.name : null;
}

/**
 * The device that what comes in has without the routes: lo, or that by which its socket had a packet before; nothing where they are asked.
 * One that waits for anybody had none (include/net/netfilter/nft_fib.h nft_fib_can_skip, nft_fib_is_loopback).
 */
function unasked(context: NftContext, isInput: boolean): 'lo' | null | Exclude<Read, 'break'> {
  const { stack, diverted } = context;
  const [isLo, isGiven] = [context.in?.name === 'lo', diverted?.met.isFull === true];
  // sockets are looked at, and LOCAL_IN is asked too, since 6.15, and in later patches of some older ones
  if (!kernelOf(stack, [6, 15]) && isLo && (isInput || isGiven))
    return gapOf(context, `what fib says of lo${isInput ? ' in input' : ''} depends on the patches of this kernel`);
  if (!isGiven) return isLo ? 'lo' : null;
  return diverted?.socket.remote === null ? null : gapOf(context, 'by which device a connection had its last packet is not told');
}
