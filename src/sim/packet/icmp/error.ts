import { familyOf, type Ip, isMulticast } from '#net/ip';
import type { Stack } from '#dataplane/stack';
import type { End, IcmpError } from '../next.ts';
import type { Packet } from '../packet.ts';
import { vrfOf } from '../route/flow.ts';
import { lookup } from '../route/lookup.ts';
import { deviceAddress, linkAddress, sourceFor } from '../route/source.ts';
import type { Run } from '../run.ts';
import { setting } from '../setting.ts';
import { isOn } from '../setting-on.ts';
import { innermost, isForMany, isRoutedToAny6 } from '../skb.ts';
import { countMiss, mayTell } from './limits.ts';

/** An error quotes at most so much (net/ipv4/icmp.c, net/ipv6/icmp.c). */
const LONGEST_ERROR = { 4: 576, 6: 1280 } as const;
/** ICMP and IP headers before what is quoted. */
const HEADERS = { 4: 28, 6: 48 } as const;
/** An error goes with the precedence of internetwork control (IPTOS_PREC_INTERNETCONTROL). */
const CONTROL = 0xc0;

/** The ICMP error about a packet, or why none is sent (net/ipv4/icmp.c __icmp_send, net/ipv6/icmp.c icmp6_send). */
export function icmpError(run: Run, end: End, error: IcmpError): Packet | null {
  const { about, stack } = error;
  const family = familyOf(about.source);
  if (isUntold(end, error)) {
    if (error.ofRoute === true && family === 4) countMiss(run, stack, about.source);
    return null;
  }
  const [type, code] = numbersOf(error);
  const source = error.from ?? errorSource(run, end, error);
  if (source === undefined || !mayTell(run, stack, about.source, type, code, error.ofRoute === true).is) return null;
  const { carries } = end.skb;
  const quoted = carries === null || about !== end.skb.packet ? { inner: about } : { inner: about, carried: carries.packet };
  const message = { type, code, id: 0, ...quoted, ...(error.mtu === undefined ? {} : { mtu: error.mtu }) };
  return {
    source,
    destination: about.source,
    protocol: family === 4 ? 'icmp' : 'icmpv6',
    sourcePort: 0,
    destinationPort: 0,
    tcp: null,
    icmp: message,
    size: Math.min(LONGEST_ERROR[family], about.size + HEADERS[family]),
    ...(about.leastSize === undefined ? {} : { leastSize: Math.min(LONGEST_ERROR[family], about.leastSize + HEADERS[family]) }),
    df: false,
    ttl: 64,
    ...(family === 4 ? { tos: tosOf(about) } : {}),
    mark: reflected(run, stack, about),
  };
}

/**
 * Who is just sending an ICMP message of the kernel's own cannot send another of its family about it, whatever tunnel is around it by
 * then (icmp_xmit_lock, icmpv6_xmit_lock); what fails later can be told.
 */
const isBusy = ({ skb }: End, { about, delayMs }: IcmpError): boolean =>
  skb.isAnswer && skb.in === null && delayMs === 0 && innermost(skb).protocol === (familyOf(about.source) === 4 ? 'icmp' : 'icmpv6');

/** Nothing is told of errors, of pieces but the first, of what was for many, or to who is not one machine. */
function isUntold(end: End, error: IcmpError): boolean {
  if (isBusy(end, error)) return true;
  const { skb } = end;
  const { about, type, code } = error;
  const family = familyOf(about.source);
  if (about.icmp !== null && (about.icmp.inner !== undefined || (family === 6 && about.icmp.type < 128))) return true;
  if (about.fragment !== undefined && about.fragment.offset > 0) return true;
  if (family === 6) {
    const forMany = skb.cast !== 'host' || isMulticast(about.destination);
    return about.source === '::' || isMulticast(about.source) || (forMany && !(type === 3 && code === 4));
  }
  return isForMany(skb);
}

/** Type and code of an error in the words of its packet's family. */
export const numbersOf = (error: IcmpError): readonly [number, number] =>
  familyOf(error.about.source) === 4 ? [error.type, error.code] : (error.six ?? asIcmp6(error));

/** What ICMPv6 calls the errors that are written here in ICMP's numbers (include/uapi/linux/icmpv6.h). */
function asIcmp6({ type, code }: IcmpError): readonly [number, number] {
  if (type === 11) return [3, code];
  if (type !== 3) return [type, code];
  return UNREACHABLE6[code] ?? [1, 0];
}

const UNREACHABLE6: Readonly<Record<number, readonly [number, number]>> = {
  0: [1, 0],
  1: [1, 3],
  2: [4, 1],
  3: [1, 4],
  4: [2, 0],
  9: [1, 1],
  10: [1, 1],
  13: [1, 1],
};

/** fwmark_reflect: an answer of the stack's own has the mark of what it answers. */
export function reflected(run: Run, stack: Stack, about: Packet): number {
  if (about.mark === 0) return 0;
  const name = familyOf(about.source) === 4 ? 'net.ipv4.fwmark_reflect' : 'net.ipv6.fwmark_reflect';
  return isOn(run, stack, setting(stack, name), `an answer may have the mark ${about.mark}`) ? about.mark : 0;
}

/** An error about a packet that was for this very namespace comes from the address it was for, else from one towards the sender. */
function errorSource(run: Run, end: End, error: IcmpError): Ip | undefined {
  const { about } = error;
  const local = end.skb.path?.does === 'local';
  if (familyOf(about.source) === 4) return local ? about.destination : source4(run, end, error);
  return local && (isRoutedToAny6(end.skb) || isHeld(end, error)) ? about.destination : source6(run, end, error);
}

/** Whether IPv6 has the address that a packet was for on a device of the VRF that it came in by, if any (net/ipv6/addrconf.c __ipv6_chk_addr_and_flags). */
function isHeld({ skb }: End, { about, stack }: IcmpError): boolean {
  const { addresses } = stack;
  if (addresses.is === 'gap') return true;
  const vrf = vrfOf(stack, skb.in?.name ?? null);
  return addresses.table.byAddress.get(about.destination)?.some(({ dev }) => vrfOf(stack, dev) === vrf) === true;
}

function source4(run: Run, end: End, error: IcmpError): Ip | undefined {
  const { about, stack } = error;
  const device = end.skb.in?.name;
  const named = device === undefined ? undefined : linkAddress(stack, device, about.source);
  const usual = towards(run, end, error);
  if (named?.is !== 'seen' || named.address === usual) return usual;
  const asked = setting(stack, 'net.ipv4.icmp_errors_use_inbound_ifaddr');
  return isOn(run, stack, asked, `an error may come from ${named.address} or ${usual}`) ? named.address : usual;
}

/** An error's type of service: that of what it is about, with the precedence of control; IPv6 has none. */
const tosOf = ({ source, tos = 0 }: Packet): number => (familyOf(source) === 4 ? (tos & 0x1e) | CONTROL : 0);

/** The address that a namespace sends from to who is told, routed as the error itself: by the VRF that the packet came in by (icmp_route_lookup). */
function towards(run: Run, { skb }: End, error: IcmpError): Ip | undefined {
  const { about, stack } = error;
  const [type, code] = numbersOf(error);
  const mark = reflected(run, stack, about);
  const protocol = familyOf(about.source) === 4 ? 'icmp' : 'icmpv6';
  const packet = { protocol, sourcePort: 0, destinationPort: 0, tos: tosOf(about), icmp: { type, code, id: 0, inner: about } } as const;
  const oif = vrfOf(stack, skb.in?.name ?? null)?.name ?? null;
  const answer = lookup(run, stack, {
    source: null,
    destination: about.source,
    iif: 'lo',
    oif,
    mark,
    packet,
    hashed: skb.labelled,
    ofKernel: true,
  });
  if (answer.is !== 'path') return undefined;
  if (answer.path.does === 'local') return answer.path.source ?? about.source;
  const source = sourceFor(stack, answer.path, about.source);
  return source.is === 'seen' ? source.address : undefined;
}

/** IPv6 takes an address of the device that the packet came in by, unless the route back names one (icmpv6_rt_has_prefsrc). */
function source6(run: Run, end: End, error: IcmpError): Ip | undefined {
  const { about, stack } = error;
  const device = end.skb.in?.name;
  if (device === undefined) return towards(run, end, error);
  const back = lookup(null, stack, { source: null, destination: about.source, iif: 'lo', oif: null, mark: 0, packet: null });
  if (back.is === 'path' && back.path.source !== null && back.path.does !== 'local') return back.path.source;
  const own = deviceAddress(stack, device, about.source);
  return own.is === 'seen' ? own.address : undefined;
}
