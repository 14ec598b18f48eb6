import type { Address } from '#facts/address/address';
import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import { familyOf, type Ip, ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { type Connection, DEFAULT_ZONE, inverted, keyOf, natOf, type Tuple } from '../conntrack/connection.ts';
import type { Hook } from '../iptables/context.ts';
import type { Rewrite } from '../iptables/effect.ts';
import type { FactRef } from '../outcome.ts';
import { isUnicast6 } from '../route/address-type.ts';
import { kernelOf } from '../route/kernel.ts';
import { deviceAddress } from '../route/source.ts';
import { LINK_LOCAL, reachOf, SITE_LOCAL } from '../route/source6.ts';
import type { Run } from '../run.ts';
import { addressFor } from './address.ts';
import { keptSource } from './kept-source.ts';
import { isOwnTaken, isReplyTaken, type PortWish, withFreePort } from './port.ts';
import { type Addresses, addressesOf, mappedTo, portsOf } from './range.ts';

/** A binding that could be made, one that the kernel refuses (the packet is dropped), or why it is not known. */
export type Bound =
  | { readonly is: 'bound'; readonly by: readonly FactRef[] }
  | { readonly is: 'dropped'; readonly says: string; readonly by: readonly FactRef[] }
  | { readonly is: 'gap'; readonly gap: Gap };

/** Where a binding is made. */
export type BindPlace = {
  readonly in: Link | null;
  readonly out: Link | null;
  readonly hook: Hook;
  readonly hop: Ip | null;
  readonly rule: string;
};

/** Binds a connection as a NAT rule asks (net/netfilter/nf_nat_core.c nf_nat_setup_info). */
export function bind(run: Run, stack: Stack, connection: Connection, rewrite: Rewrite, at: BindPlace): Bound {
  const now = inverted(connection.reply, connection.protocol);
  const chosen = choicesOf(stack, now, rewrite, at);
  if (chosen.is !== 'addresses') return chosen;
  // what has no source yet is let alone (nf_nat_masquerade_ipv4)
  if (rewrite.to === 'masquerade' && now.source !== NO_SOURCE) connection.masqueraded = at.out?.name;
  const ports = portsOf(rewrite);
  if (ports === undefined) return unreadable(stack, `no ports to rewrite to: ${rewrite.ports ?? ''}`);
  const { what, random = false, persistent = false } = rewrite;
  const wish: PortWish = { what, ports, random, rule: at.rule };
  const kept = keptSource(run, stack, connection, now, chosen.range, wish);
  if (kept !== undefined && 'gap' in kept) return { is: 'gap', gap: kept.gap };
  if (kept !== undefined) {
    connection.drawn = kept.drawn;
    answeredAt(connection, what, kept.reply);
    return { is: 'bound', by: chosen.by };
  }
  const address = addressFor(now, what, chosen.range, zoneId(connection), persistent);
  const tuple: Tuple = what === 'source' ? { ...now, source: address } : { ...now, destination: address };
  answeredAt(connection, what, inverted(withFreePort(run, stack, connection, tuple, wish), connection.protocol));
  return { is: 'bound', by: chosen.by };
}

/** The number of its zone, also where that holds for one direction only (nf_ct_zone). */
const zoneId = ({ zone = DEFAULT_ZONE }: Connection): number => (zone.original === 0 ? zone.reply : zone.original);

/** Gives a connection that no rule bound its own tuple, or another port where that is taken already (nf_nat_alloc_null_binding). */
export function bindNull(run: Run, stack: Stack, connection: Connection, what: Rewrite['what'], rule: string): void {
  const isTaken = what === 'source' ? isOwnTaken(run, stack, connection) : isReplyTaken(run, stack, connection, connection.reply);
  if (!isTaken) return;
  const now = inverted(connection.reply, connection.protocol);
  const wish: PortWish = { what, ports: null, random: false, rule };
  answeredAt(connection, what, inverted(withFreePort(run, stack, connection, now, wish), connection.protocol));
}

/** Gives a connection the tuple of its answers; where that is another one, or has a port that was drawn, this end counts as rewritten. */
function answeredAt(connection: Connection, what: Rewrite['what'], reply: Tuple): void {
  const { protocol, reply: before, drawn } = connection;
  if (drawn?.what === what || keyOf(protocol, before) !== keyOf(protocol, reply)) connection.nat = { ...natOf(connection), [what]: true };
  connection.reply = reply;
}

const NO_SOURCE = ip`0.0.0.0`;

type Choices = { readonly is: 'addresses'; readonly range: Addresses; readonly by: readonly FactRef[] } | Exclude<Bound, { is: 'bound' }>;

const only = (address: Ip, by: readonly FactRef[] = []): Choices => ({ is: 'addresses', range: { from: address, to: address }, by });

const unreadable = (stack: Stack, detail: string): Extract<Bound, { is: 'gap' }> => ({
  is: 'gap',
  gap: { of: 'iptables', scope: stack.scope, why: 'unreadable', detail },
});

function choicesOf(stack: Stack, now: Tuple, rewrite: Rewrite, at: BindPlace): Choices {
  switch (rewrite.to) {
    case 'same':
      return only(now[rewrite.what]);
    case 'masquerade':
      return now.source === NO_SOURCE ? only(now.source) : masqueraded(stack, at.out, at.hop ?? now.destination);
    case 'redirect':
      return at.hook === 'OUTPUT'
        ? only(familyOf(now.destination) === 4 ? ip`127.0.0.1` : ip`::1`)
        : redirected(stack, at.in, now.destination);
    case 'mapped': {
      const mapped = mappedTo(rewrite, now[rewrite.what]);
      return mapped === undefined ? unreadable(stack, `no network to map to: ${rewrite.addresses[0] ?? ''}`) : only(mapped);
    }
    case 'addresses': {
      const range = addressesOf(rewrite);
      return range === undefined
        ? unreadable(stack, `no address to rewrite to: ${rewrite.addresses[0] ?? ''}`)
        : { is: 'addresses', range, by: [] };
    }
  }
}

/** The address that the device would send from (net/netfilter/nf_nat_masquerade.c nf_nat_masquerade_ipv4); without one the packet is dropped. */
function masqueraded(stack: Stack, device: Link | null, hop: Ip): Choices {
  const source = deviceAddress(stack, device?.name ?? '', hop);
  if (source.is !== 'gap') return only(source.address, source.by);
  return stack.addresses.is === 'seen' && stack.addresses.complete ? noAddress(device) : source;
}

/**
 * The first address of the device that the packet came in by; of IPv6 since 6.7, and in later patches of some older ones, the first that is
 * known to be unique and reaches as far as the one that it is sent to (net/netfilter/nf_nat_redirect.c nf_nat_redirect_ipv4,
 * nf_nat_redirect_ipv6). Which is the first only a whole reading tells.
 */
function redirected(stack: Stack, device: Link | null, to: Ip): Choices {
  const { addresses } = stack;
  if (addresses.is === 'gap') return addresses;
  const where = device?.name ?? 'the device';
  const gap = (why: Gap['why'], detail: string): Choices => ({ is: 'gap', gap: { of: 'address', scope: stack.scope, why, detail } });
  if (!addresses.complete) return gap('not collected', `the addresses of ${where} were not all read`);
  const own = (addresses.table.byDevice.get(where) ?? []).filter(({ address }) => familyOf(address) === familyOf(to));
  const first = own.find(({ secondary }) => secondary !== true);
  const usable = familyOf(to) === 4 ? first : own.find((one) => isUsable6(one, to));
  if (usable !== first && !kernelOf(stack, [6, 7]))
    return gap('not modelled', `whether ${first?.address ?? where} is passed over depends on the patches of this kernel`);
  return usable === undefined ? noAddress(device) : only(usable.address, [stack.cite('address', usable)]);
}

/** nf_nat_redirect_ipv6_usable. */
const isUsable6 = ({ address, tentative }: Address, to: Ip): boolean =>
  isUnicast6(address) && tentative !== true && (!SCOPED.includes(reachOf(to)) || reachOf(address) === reachOf(to));

const SCOPED: readonly number[] = [LINK_LOCAL, SITE_LOCAL];

const noAddress = (device: Link | null): Choices => ({
  is: 'dropped',
  says: `${device?.name ?? 'the device'} has no address to rewrite to`,
  by: [],
});
