import type { Link } from '#facts/link/link';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Stack } from '#dataplane/stack';
import type { FactRef } from '../outcome.ts';
import type { Packet } from '../packet.ts';
import { lookup, type RouteAnswer } from '../route/lookup.ts';
import { deviceSettingOf, either, largest, settingGap } from '../setting.ts';

/** Whether a packet's source is acceptable on the device that it came in by. */
export type Validity =
  | { readonly is: 'valid'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'invalid'; readonly code: 'IP_RPFILTER' | 'IP_LOCAL_SOURCE'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

const LOOSE = 2;
const STRICT = 1;
const VALID: Validity = { is: 'valid', says: '', by: [] };

/**
 * Refuses a source that this namespace itself has, and with rp_filter one whose answers would not leave by the device that
 * the packet came in by (net/ipv4/fib_frontend.c fib_validate_source). `oif` is where the packet would go, `null` for a local one.
 */
export function validateSource(stack: Stack, packet: Packet, device: Link, oif: string | null): Validity {
  if (familyOf(packet.source) === 6) return VALID; // IPv6 has no such check (net/ipv6/ip6_input.c)
  const back = reverse(stack, packet, oif);
  const local = localSource(stack, packet, device, back);
  if (local !== undefined) return local;
  const mode = largest(stack, device.name, 'rp_filter', LOOSE);
  if (back.is === 'path' && back.path.route.hops.some(({ dev }) => dev === device.name)) {
    // What passes the strictest check passes any: the mode does not matter then.
    if (mode === undefined || mode.value === 0) return VALID;
    return {
      is: 'valid',
      says: `rp_filter ${mode.value}: answers to ${packet.source} would leave by ${device.name} too`,
      by: [...mode.by, ...back.path.by],
    };
  }
  if (mode === undefined)
    return { is: 'gap', gap: settingGap(stack, device.name, 'rp_filter', `answers to ${packet.source} may not leave by ${device.name}`) };
  if (mode.value === 0) return VALID;
  if (back.is === 'gap') return { is: 'gap', gap: back.gap };
  // The kernel takes the larger number, so loose (2) on either side wins over strict (1).
  if (back.is === 'path' && mode.value === LOOSE && hasAddress(stack, device)) {
    return { is: 'valid', says: `rp_filter ${LOOSE}: there is a route back to ${packet.source}`, by: [...mode.by, ...back.path.by] };
  }
  const says =
    back.is === 'path'
      ? `answers to ${packet.source} would leave by ${back.path.dev}, not ${device.name}`
      : `there is no route back to ${packet.source}`;
  const by = back.is === 'path' ? back.path.by : back.by;
  return {
    is: 'invalid',
    code: 'IP_RPFILTER',
    says: `rp_filter ${mode.value === STRICT ? '1 (strict)' : mode.value}: ${says}`,
    by: [...mode.by, ...by],
  };
}

/** The route that an answer would take (__fib_validate_source). */
function reverse(stack: Stack, packet: Packet, oif: string | null): RouteAnswer {
  const marked = packet.mark !== 0 && (deviceSettingOf(stack, 'all', 'src_valid_mark')?.value ?? 0) > 0;
  const flow = {
    source: packet.destination,
    destination: packet.source,
    iif: oif ?? 'lo',
    oif: null,
    mark: marked ? packet.mark : 0,
    packet: null,
  };
  return lookup(null, stack, flow);
}

/** A device without any address takes nothing in by loose filtering. */
const hasAddress = (stack: Stack, device: Link): boolean =>
  stack.addresses.is === 'gap' || (stack.addresses.table.byDevice.get(device.name) ?? []).length > 0;

/** The martian source: an address of this namespace's own, coming from outside. */
function localSource(stack: Stack, packet: Packet, device: Link, back: RouteAnswer): Validity | undefined {
  const own = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(packet.source) ?? []) : [];
  const isLocal = own.length > 0 || (back.is === 'path' && back.path.does !== 'send');
  if (!isLocal) return undefined;
  const by = own.length > 0 ? own.map((address) => stack.cite('address', address)) : back.is === 'path' ? back.path.by : [];
  const says = `the source ${packet.source} is this namespace's own address`;
  const accept = either(stack, device.name, 'accept_local');
  if (accept === undefined) return { is: 'gap', gap: settingGap(stack, device.name, 'accept_local', says) };
  if (accept.value > 0) return { is: 'valid', says: `${says}; accept_local lets it in`, by: [...accept.by, ...by] };
  return { is: 'invalid', code: 'IP_LOCAL_SOURCE', says, by };
}
