import type { Link } from '#facts/link/link';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import type { RouteFlow } from '../route/flow.ts';
import { hopsOf } from '../route/found.ts';
import { lookup, type RouteAnswer } from '../route/lookup.ts';
import { either, largest, OFF_OR_ON, type Setting, settingGap, type Unread, whichever } from '../setting.ts';

/** Whether a packet's source is acceptable on the device that it came in by. */
export type Validity =
  | { readonly is: 'valid'; readonly says: string; readonly by: readonly FactRef[] }
  | {
      readonly is: 'invalid';
      readonly code: 'IP_RPFILTER' | 'IP_LOCAL_SOURCE' | 'IP_INVALID_SOURCE';
      readonly says: string;
      readonly by: readonly FactRef[];
    }
  | { readonly is: 'gap'; readonly gap: Gap };

const LOOSE = 2;
const STRICT = 1;
const VALID: Validity = { is: 'valid', says: '', by: [] };

/**
 * Refuses a source that this namespace itself has, and with rp_filter one whose answers would not leave by the device that
 * the packet came in by (net/ipv4/fib_frontend.c fib_validate_source). `oif` is where the packet would go, `null` for a local one.
 * IPv6 has no such check.
 */
export function validateSource(stack: Stack, packet: Packet, device: Link, oif: string | null): Validity {
  if (familyOf(packet.source) === 6) return VALID;
  const mode = largest(stack, device.name, 'rp_filter', LOOSE);
  const quick = mode.is === 'seen' && mode.value === 0 && isQuick(stack, device, oif);
  if (quick === true) return ownAddress(stack, packet, device);
  const long = byRoute(stack, packet, device, oif, mode);
  if (quick === false || ownAddress(stack, packet, device).is === long.is) return long;
  return { is: 'gap', gap: settingGap(quick, `${packet.source} may not be acceptable on ${device.name}`) };
}

/** The long way: by the route that an answer would take. */
function byRoute(stack: Stack, packet: Packet, device: Link, oif: string | null, mode: Setting): Validity {
  const asked = packet.mark === 0 ? UNMARKED : either(stack, device.name, 'src_valid_mark');
  const found = whichever(asked, OFF_OR_ON, (valid) => lookup(null, stack, reverseOf(stack, packet, oif, valid > 0)), areOneWay);
  if (found.is === 'gap') return { is: 'gap', gap: settingGap(found, `answers to ${packet.source} may be routed by their mark`) };
  const back = found.value;
  if (back.is === 'gap') return mode.is === 'seen' && mode.value === 0 ? ownAddress(stack, packet, device) : { is: 'gap', gap: back.gap };
  const typed = back.is === 'path' ? ofType(stack, packet, device, back) : VALID;
  const result = typed.is === 'valid' ? filtered(stack, packet, device, mode, back) : typed;
  if (result.is !== 'valid' || typed.is !== 'valid') return result;
  return { is: 'valid', says: [typed.says, result.says].filter(Boolean).join('; '), by: [...typed.by, ...result.by] };
}

/** The short way asks for own addresses alone; a packet that goes back where it came from, and tables or rules of one's own, need the long one. */
function isQuick(stack: Stack, device: Link, oif: string | null): boolean | Unread {
  const redirects = either(stack, device.name, 'send_redirects');
  if (oif === device.name && redirects.is === 'gap') return redirects;
  if (oif === device.name && redirects.is === 'seen' && redirects.value > 0) return false;
  const rules = stack.rules.is === 'seen' && stack.rules.table.custom;
  const local = stack.routes.is === 'seen' && stack.routes.table.hasCustomLocal;
  if (!rules && !local) return true;
  const accepts = either(stack, device.name, 'accept_local');
  return accepts.is === 'gap' ? accepts : accepts.value > 0;
}

const UNMARKED: Setting = { is: 'seen', value: 0, by: [] };

const areOneWay = (one: RouteAnswer, other: RouteAnswer): boolean =>
  one.is === 'path' && other.is === 'path' ? one.path.route === other.path.route : one.is === other.is && one.is !== 'path';

/** The martian source: an address of this namespace's own, coming from outside. */
function ownAddress(stack: Stack, packet: Packet, device: Link): Validity {
  const own = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(packet.source) ?? []) : [];
  if (own.length === 0) return VALID;
  return unlessAccepted(
    stack,
    packet,
    device,
    own.map((address) => stack.cite('address', address)),
  );
}

function unlessAccepted(stack: Stack, packet: Packet, device: Link, by: readonly FactRef[]): Validity {
  const says = `the source ${packet.source} is this namespace's own address`;
  const accept = either(stack, device.name, 'accept_local');
  if (accept.is === 'gap') return { is: 'gap', gap: settingGap(accept, says) };
  if (accept.value > 0) return { is: 'valid', says: `${says}; accept_local lets it in`, by: [...accept.by, ...by] };
  return { is: 'invalid', code: 'IP_LOCAL_SOURCE', says, by };
}

/** The route that an answer would take (__fib_validate_source): ports the other way round where rules ask for them, of ICMP none. */
function reverseOf(stack: Stack, packet: Packet, oif: string | null, marked: boolean): RouteFlow {
  const dissects = stack.rules.is === 'seen' && stack.rules.table.dissects[4];
  const ports = dissects
    ? { sourcePort: packet.destinationPort, destinationPort: packet.sourcePort }
    : { sourcePort: 0, destinationPort: 0 };
  return {
    source: packet.destination,
    destination: packet.source,
    iif: oif ?? 'lo',
    oif: null,
    mark: marked ? packet.mark : 0,
    packet: { ...packet, ...ports, icmp: null },
  };
}

/** An answer that would not leave at all is for nobody, or for this namespace itself. */
function ofType(stack: Stack, packet: Packet, device: Link, { path }: Extract<RouteAnswer, { is: 'path' }>): Validity {
  if (path.does === 'send') return VALID;
  if (path.does !== 'local') {
    const says = `the source ${packet.source} is a ${path.does} address`;
    return { is: 'invalid', code: 'IP_INVALID_SOURCE', says, by: path.by };
  }
  return unlessAccepted(stack, packet, device, path.by);
}

function filtered(stack: Stack, packet: Packet, device: Link, mode: Setting, back: Exclude<RouteAnswer, { is: 'gap' }>): Validity {
  // any way of the route, or of its next hop object, will do (fib_info_nh_uses_dev, nexthop_uses_dev)
  const ways = back.is === 'path' ? hopsOf(stack, back.path.route) : [];
  if ('gap' in ways) return { is: 'gap', gap: ways.gap };
  if (back.is === 'path' && ways.some(({ dev }) => dev === device.name)) {
    // What passes the strictest check passes any: the mode does not matter then.
    if (mode.is === 'gap' || mode.value === 0) return VALID;
    const says = `rp_filter ${mode.value}: answers to ${packet.source} would leave by ${device.name} too`;
    return { is: 'valid', says, by: [...mode.by, ...back.path.by] };
  }
  if (mode.is === 'gap') return { is: 'gap', gap: settingGap(mode, `answers to ${packet.source} may not leave by ${device.name}`) };
  if (mode.value === 0) return VALID;
  // The kernel takes the larger number, so loose (2) on either side wins over strict (1).
  if (back.is === 'path' && mode.value !== STRICT && hasAddress(stack, device)) {
    return { is: 'valid', says: `rp_filter ${mode.value}: there is a route back to ${packet.source}`, by: [...mode.by, ...back.path.by] };
  }
  const says =
    back.is === 'path'
      ? `answers to ${packet.source} would leave by ${back.path.dev}, not ${device.name}`
      : `there is no route back to ${packet.source}`;
  const by = back.is === 'path' ? back.path.by : back.by;
  const named = `rp_filter ${mode.value === STRICT ? '1 (strict)' : mode.value}: ${says}`;
  return { is: 'invalid', code: 'IP_RPFILTER', says: named, by: [...mode.by, ...by] };
}

/** A device without any address takes nothing in by loose filtering. */
const hasAddress = (stack: Stack, device: Link): boolean =>
  stack.addresses.is === 'gap' || (stack.addresses.table.byDevice.get(device.name) ?? []).some(({ address }) => familyOf(address) === 4);
