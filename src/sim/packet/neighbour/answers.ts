import type { Link } from '#facts/link/link';
import type { Ip } from '#net/ip';
import { type Mac, ZERO_MAC } from '#net/mac';
import { citeAbsence } from '#dataplane/reading';
import { addressesAt, share } from '#dataplane/underlay';
import { fdbKey } from '#dataplane/neighbours';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import type { Station } from '#dataplane/station';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import { portsOf, refusal } from '../bridge/ports.ts';
import type { FactRef } from '../outcome.ts';
import { addressType } from '../route/address-type.ts';
import { validateSource } from '../rp-filter/rp-filter.ts';
import { placeText, type Run } from '../run.ts';
import { either, deviceSettingOf, largest } from '../setting.ts';
import type { Skb } from '../skb.ts';
import { deviceAddress } from '../route/source.ts';

/** A station that would answer an ARP request. */
export type Answerer = { readonly mac: Mac; readonly place: string; readonly by: readonly FactRef[] };

/** Who answers on a segment; `isOpen`: it leads to where nothing was captured, so that others may. */
export type Answers = {
  readonly stations: readonly Answerer[];
  readonly isOpen: boolean;
  /** Something on the segment was changed by the preview. */
  readonly isEdited: boolean;
  /** Why nobody can: a tunnel that has nowhere to send a broadcast. */
  readonly by: readonly FactRef[];
  readonly gap?: Gap;
};

type Search = {
  readonly run: Run;
  /** The address that is asked first, without a broadcast. */
  readonly known: Mac | null;
  readonly seen: Set<Link>;
  readonly found: Station[];
  open: boolean;
  readonly by: FactRef[];
  gap: Gap | undefined;
};

/** Asks a segment who has an address: the station that is known for it, and where a broadcast would go (net/ipv4/arp.c arp_process). */
export function whoAnswers(run: Run, skb: Skb, link: Link, hop: Ip, known: Mac | null = null): Answers {
  const asker = askerOf(skb, link, hop);
  const key = `${skb.stack.key} ${link.name} ${hop} ${known} ${asker}`;
  const asked = answersIn(run.world);
  let answers = asked.get(key);
  if (answers === undefined) {
    answers = ask(run, { stack: skb.stack, link }, hop, asker, known);
    asked.set(key, answers);
  }
  return answers;
}

/** What was asked in a world before: its segments do not change. */
const answersIn = memoised((_: World) => new Map<string, Answers>());

function ask(run: Run, { stack, link }: Station, hop: Ip, asker: Ip, known: Mac | null): Answers {
  const search: Search = { run, known, seen: new Set([link]), found: [], open: false, by: [], gap: undefined };
  out(search, { stack, link });
  const stations = search.found.flatMap((station) => answererOf(station, hop, asker));
  const isEdited =
    search.found.some(
      ({ stack, link: at }) =>
        at.origin.edited !== undefined || addressesAt({ stack, link: at }).some(({ origin }) => origin.edited !== undefined),
    ) || link.origin.edited !== undefined;
  return { stations, isOpen: search.open, isEdited, by: search.by, ...(search.gap === undefined ? {} : { gap: search.gap }) };
}

/** A request carries the packet's own source when that is this namespace's, else an address of the device (arp_solicit). */
function askerOf({ stack, packet }: Skb, link: Link, hop: Ip): Ip {
  if (addressType(stack, packet.source, null) === 'LOCAL') return packet.source;
  const source = deviceAddress(stack, link.name, hop);
  return source.is === 'seen' ? source.address : packet.source;
}

/** Where a broadcast goes that leaves by a device. */
function out(search: Search, station: Station): void {
  const { stack, link } = station;
  if (link.up === false || link.carrier === false) return;
  if (link.type === 'bridge') {
    for (const port of portsOf(stack, link))
      if (!search.seen.has(port) && refusal({ stack }, null, port) === undefined) cross(search, { stack, link: port });
    return;
  }
  cross(search, station);
}

/** To the other side of a device. */
function cross(search: Search, station: Station): void {
  const { stack, link } = station;
  search.seen.add(link);
  if (link.type === 'vxlan' || link.vxlan != null) {
    tunnel(search, station);
    return;
  }
  const peer = search.run.world.peer(stack, link);
  if (peer !== undefined) {
    arrive(search, peer);
    return;
  }
  search.open = true;
  const { underlay } = search.run.world;
  if (!underlay.has(station)) return;
  for (const others of underlay.byAddress.values()) {
    for (const other of others) if (other.stack !== stack && !search.seen.has(other.link) && share(station, other)) arrive(search, other);
  }
}

/** At a device: a bridge's port passes on, anything else is a station. */
function arrive(search: Search, { stack, link }: Station): void {
  if (search.seen.has(link)) return;
  search.seen.add(link);
  if (link.up === false || link.carrier === false) return;
  const master = typeof link.master === 'string' ? stack.link(link.master) : undefined;
  if (master?.type !== 'bridge') {
    search.found.push({ stack, link });
    return;
  }
  if (master.up === false || (link.port?.state ?? 'forwarding') !== 'forwarding') return;
  if (!search.seen.has(master)) search.found.push({ stack, link: master });
  search.seen.add(master);
  for (const port of portsOf(stack, master))
    if (!search.seen.has(port) && refusal({ stack }, link, port) === undefined) cross(search, { stack, link: port });
}

/** A broadcast in a tunnel goes to the entries for all zeroes; without one it is dropped. */
function tunnel(search: Search, { stack, link }: Station): void {
  const { fdb } = stack;
  if (fdb.is === 'gap') {
    search.gap = fdb.gap;
    return;
  }
  const asked = search.known === null ? [ZERO_MAC] : [search.known, ZERO_MAC];
  const entries = asked.flatMap((mac) => fdb.table.tunnels.get(fdbKey(link.name, mac)) ?? []);
  const remote = link.vxlan?.remote ?? link.vxlan?.group ?? null;
  if (entries.length === 0 && remote === null) {
    search.by.push(...citeAbsence(fdb, fdbKey(link.name, ZERO_MAC)));
    return;
  }
  search.open = true;
  for (const other of search.run.world.stacks()) {
    if (other === stack || other.addresses.is === 'gap' || other.links.is === 'gap') continue;
    const { byAddress } = other.addresses.table;
    if (!entries.some(({ dst }) => typeof dst === 'string' && byAddress.has(dst))) continue;
    const end = other.links.table.all.find(({ vxlan }) => vxlan?.vni === link.vxlan?.vni && vxlan !== undefined && vxlan !== null);
    if (end !== undefined) arrive(search, { stack: other, link: end });
  }
}

/** A station answers for its own addresses, and for others where it stands proxy. */
function answererOf({ stack, link }: Station, hop: Ip, asker: Ip): readonly Answerer[] {
  if (typeof link.mac !== 'string' || !answersFor(stack, link, hop)) return [];
  const own = stack.addresses.is === 'seen' ? (stack.addresses.table.byAddress.get(hop) ?? []) : [];
  const request = {
    source: asker,
    destination: hop,
    protocol: 'udp',
    sourcePort: 0,
    destinationPort: 0,
    tcp: null,
    icmp: null,
    size: 28,
    df: false,
    ttl: 1,
    mark: 0,
  } as const;
  // A request whose sender would not be let in is not answered either (ip_route_input in arp_process).
  if (validateSource(stack, request, link, null).is === 'invalid') return [];
  return [
    {
      mac: link.mac,
      place: `${placeText(stack)} ${link.name}`,
      by: [...own.map((address) => stack.cite('address', address)), stack.cite('link', link)],
    },
  ];
}

function answersFor(stack: Stack, link: Link, hop: Ip): boolean {
  if (addressType(stack, hop, null) !== 'LOCAL') return isProxy(stack, link, hop);
  const ignore = largest(stack, link.name, 'arp_ignore', 8)?.value ?? 0;
  if (ignore === 0) return true;
  const onDevice =
    stack.addresses.is === 'seen' && (stack.addresses.table.byDevice.get(link.name) ?? []).some(({ address }) => address === hop);
  return ignore < 8 && onDevice;
}

/** proxy_arp: it answers for what it would forward by another device. */
function isProxy(stack: Stack, link: Link, hop: Ip): boolean {
  if ((either(stack, link.name, 'proxy_arp')?.value ?? 0) === 0 || (deviceSettingOf(stack, link.name, 'forwarding')?.value ?? 0) === 0)
    return false;
  const { routes } = stack;
  const [route] = routes.is === 'seen' ? (routes.table.tables.get('main')?.longest(hop) ?? []) : [];
  return route?.hops.every(({ dev }) => dev !== link.name) === true;
}
