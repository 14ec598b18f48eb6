import type { Link } from '#facts/link/link';
import type { Stack } from '#dataplane/stack';
import { familyOf, type Ip, ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { type Connection, DEFAULT_ZONE, inverted, type Tuple } from '../conntrack/connection.ts';
import type { Hook } from '../iptables/context.ts';
import type { Rewrite } from '../iptables/effect.ts';
import type { FactRef } from '../outcome.ts';
import { deviceAddress } from '../route/source.ts';
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
  const ports = portsOf(rewrite);
  if (ports === undefined) return unreadable(stack, `no ports to rewrite to: ${rewrite.ports ?? ''}`);
  const { what, random = false, persistent = false } = rewrite;
  const wish: PortWish = { what, ports, random, rule: at.rule };
  const kept = keptSource(run, stack, connection, now, chosen.range, wish);
  if (kept !== undefined && 'gap' in kept) return { is: 'gap', gap: kept.gap };
  if (kept !== undefined) {
    Object.assign(connection, kept);
    return { is: 'bound', by: chosen.by };
  }
  const address = addressFor(now, what, chosen.range, zoneId(connection), persistent);
  const tuple: Tuple = what === 'source' ? { ...now, source: address } : { ...now, destination: address };
  connection.reply = inverted(withFreePort(run, stack, connection, tuple, wish), connection.protocol);
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
  connection.reply = inverted(withFreePort(run, stack, connection, now, wish), connection.protocol);
}

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
      return now.source === '0.0.0.0' ? only(now.source) : masqueraded(stack, at.out, at.hop ?? now.destination);
    case 'redirect':
      return at.hook === 'OUTPUT'
        ? only(familyOf(now.destination) === 4 ? ip`127.0.0.1` : ip`::1`)
        : redirected(stack, at.in, familyOf(now.destination));
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

/** The first address of the device that the packet came in by (net/netfilter/nf_nat_redirect.c nf_nat_redirect_ipv4). */
function redirected(stack: Stack, device: Link | null, family: 4 | 6): Choices {
  const { addresses } = stack;
  if (addresses.is === 'gap') return addresses;
  const own = addresses.table.byDevice.get(device?.name ?? '') ?? [];
  const first = own.find(({ address, secondary }) => familyOf(address) === family && secondary !== true);
  if (first !== undefined) return only(first.address, [stack.cite('address', first)]);
  if (addresses.complete) return noAddress(device);
  const detail = `the addresses of ${device?.name ?? 'the device'} were not all read`;
  return { is: 'gap', gap: { of: 'address', scope: stack.scope, why: 'not collected', detail } };
}

const noAddress = (device: Link | null): Choices => ({
  is: 'dropped',
  says: `${device?.name ?? 'the device'} has no address to rewrite to`,
  by: [],
});
