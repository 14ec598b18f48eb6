import type { Link } from '#facts/link/link';
import { type Ip, isMulticast } from '#net/ip';
import { type Mac, ZERO_MAC } from '#net/mac';
import { fdbKey } from '#dataplane/neighbours';
import { citeAbsence } from '#dataplane/reading';
import { memoised } from '#dataplane/memo';
import type { Stack } from '#dataplane/stack';
import type { Station } from '#dataplane/station';
import { share } from '#dataplane/underlay';
import type { World } from '#dataplane/world';
import type { Gap } from '#snapshot/gap';
import { isFlooded, isForwarding, portsOf, refusal } from '../bridge/ports.ts';
import { egress, ingress } from '../bridge/vlan.ts';
import type { FactRef } from '../outcome.ts';
import type { Run } from '../run.ts';
import { isElsewhere } from '../vxlan/elsewhere.ts';

/** What is said on a segment: a question of ARP to all, one of ND to a group, or an answer to who asked. */
export type Said = 'broadcast' | 'multicast' | 'answer';

/** What reaches whom of what is said to all by a device. */
export type Segment = {
  readonly stations: readonly Station[];
  /** It leads to where nothing was captured, so that others may be there. */
  readonly isOpen: boolean;
  /** Why it goes nowhere: a tunnel that has no remote for it. */
  readonly by: readonly FactRef[];
  readonly gap: Gap | undefined;
};

type Search = {
  readonly run: Run;
  readonly said: Said;
  /** The address that is asked for alone, where a tunnel would know it. */
  readonly known: Mac | null;
  readonly seen: Set<string>;
  readonly found: Station[];
  open: boolean;
  /** No tunnel was met. */
  isPlain: boolean;
  readonly by: FactRef[];
  gap: Gap | undefined;
};

type Tag = number | undefined;

/** Everything that hears what is sent to all by a device (net/bridge/br_forward.c br_flood, drivers/net/vxlan vxlan_xmit). */
export function segmentOf(run: Run, station: Station, said: Said, known: Mac | null): Segment {
  const plain = plainSegments(run.world);
  const place = `${said} ${placeOf(station, undefined)}`;
  const before = plain.get(place);
  if (before !== undefined) return before;
  const { segment, isPlain } = searched(run, station, said, known);
  if (isPlain) plain.set(place, segment);
  return segment;
}

/** Segments without tunnels, by where a broadcast starts: whom it is for does not matter there. */
const plainSegments = memoised((_: World) => new Map<string, Segment>());

function searched(
  run: Run,
  { stack, link }: Station,
  said: Said,
  known: Mac | null,
): { readonly segment: Segment; readonly isPlain: boolean } {
  const search: Search = {
    run,
    said,
    known,
    seen: new Set([placeOf({ stack, link }, undefined)]),
    found: [],
    open: false,
    isPlain: true,
    by: [],
    gap: undefined,
  };
  out(search, { stack, link }, undefined);
  return { segment: { stations: search.found, isOpen: search.open, by: search.by, gap: search.gap }, isPlain: search.isPlain };
}

const placeOf = ({ stack, link }: Station, tag: Tag): string => `${stack.key} ${link.name} ${tag ?? ''}`;

/** Marks a place; false when the search was there before. */
function visit(search: Search, station: Station, tag: Tag): boolean {
  const place = placeOf(station, tag);
  if (search.seen.has(place)) return false;
  search.seen.add(place);
  return true;
}

/** Where a broadcast goes that leaves by a device. */
function out(search: Search, { stack, link }: Station, tag: Tag): void {
  if (link.up === false || link.carrier === false) return;
  const { upper } = link;
  if (link.type === 'bridge') flood(search, stack, link, null, tag);
  else if (upper?.kind === 'vlan' || upper?.kind === 'macvlan' || upper?.kind === 'ipvlan') {
    const lower = search.run.world.lower(stack, link);
    if (lower === undefined) search.open = true;
    else if (upper.kind === 'vlan' && tag !== undefined) {
      const detail = `${link.name} puts its tag around ${tag}`;
      search.gap = { of: 'link', scope: stack.scope, why: 'not modelled', detail };
    } else {
      if (upper.kind !== 'vlan') above(search, lower, tag, link);
      out(search, lower, upper.kind === 'vlan' ? upper.id : tag);
    }
  } else if (upper?.kind === 'bond') {
    for (const slave of portsOf(stack, link))
      if (upper.active === null || upper.active === slave.name) cross(search, { stack, link: slave }, tag);
  } else cross(search, { stack, link }, tag);
}

/** Out by every port of a bridge that takes it. */
function flood(search: Search, stack: Stack, bridge: Link, from: Link | null, tag: Tag): void {
  const entered = ingress(stack, bridge, from ?? bridge, tag);
  if (entered.is === 'gap') search.gap = entered.gap;
  if (entered.is !== 'vlan') return;
  for (const port of portsOf(stack, bridge)) {
    if (refusal({ stack }, from, port) !== undefined || !isSentBy(search, port, from === null)) continue;
    const left = egress(stack, bridge, port, entered.vlan, tag);
    if (left.is === 'gap') search.gap = left.gap;
    if (left.is === 'out' && visit(search, { stack, link: port }, left.tag)) cross(search, { stack, link: port }, left.tag);
  }
  if (from === null) return;
  const up = egress(stack, bridge, bridge, entered.vlan, tag);
  if (up.is === 'out') above(search, { stack, link: bridge }, up.tag, null);
}

/** An answer goes to where the bridge learnt who asked, and to all where it learns nobody (br_handle_frame_finish). */
const isSentBy = ({ said }: Search, port: Link, isOwn: boolean): boolean =>
  said === 'answer' ? port.port?.learning !== false || isFlooded(port, 'unicast', isOwn) : isFlooded(port, said, isOwn);

/** To the other side of a device. */
function cross(search: Search, station: Station, tag: Tag): void {
  const { stack, link } = station;
  if (link.type === 'vxlan' || link.vxlan != null) {
    tunnel(search, station);
    return;
  }
  const peer = search.run.world.peer(stack, link);
  if (peer !== undefined) {
    arrive(search, peer, tag);
    return;
  }
  search.open = true;
  const { underlay } = search.run.world;
  if (!underlay.has(station)) return;
  for (const others of underlay.byAddress.values()) {
    for (const other of others) if (other.stack !== stack && share(station, other)) arrive(search, other, tag);
  }
}

/** At a device: a bridge's port passes on, anything else is a station, or has others above it. */
function arrive(search: Search, { stack, link }: Station, tag: Tag): void {
  if (link.up === false || link.carrier === false || !visit(search, { stack, link }, tag)) return;
  const master = typeof link.master === 'string' ? stack.link(link.master) : undefined;
  if (master?.upper?.kind === 'bond') {
    arrive(search, { stack, link: master }, tag);
    return;
  }
  if (master !== undefined && master.type === undefined && master.upper == null) search.open = true; // a bridge, for all that is told
  if (master?.type !== 'bridge') {
    above(search, { stack, link }, tag, null);
    return;
  }
  if (master.up !== false && isForwarding(link) && link.port?.locked !== true) flood(search, stack, master, link, tag);
}

/** A device itself where the frame has no tag, its VLAN device where it has, and all macvlans on it, or their VLAN devices. */
function above(search: Search, { stack, link }: Station, tag: Tag, except: Link | null): void {
  const uppers = search.run.world.uppers(stack, link);
  if (tag === undefined) {
    if (except === null) add(search, { stack, link });
    for (const upper of uppers) if (upper.link !== except && hearsAll(upper.link, except)) add(search, upper);
    // mode source hears those that it names, and who asks is not looked at here
    if (uppers.some(({ link: one }) => one !== except && one.upper?.kind === 'macvlan' && one.upper.mode === 'source')) search.open = true;
    return;
  }
  // what a macvlan sends the device below hears by no way
  const vlan = except === null ? uppers.find(({ link: { upper } }) => upper?.kind === 'vlan' && upper.id === tag) : undefined;
  if (vlan !== undefined) arrive(search, vlan, undefined);
  else for (const upper of uppers) if (upper.link !== except && hearsAll(upper.link, except)) arrive(search, upper, tag);
}

/** Whether a device hears what is sent to all on the one below: of another macvlan's only where both are in mode `bridge`, of an ipvlan's only in L2 (macvlan_queue_xmit, ipvlan_xmit_mode_l2). */
function hearsAll({ upper }: Link, from: Link | null): boolean {
  if (upper?.kind === 'ipvlan') return upper.mode === 'l2' || upper.mode === undefined;
  if (upper?.kind !== 'macvlan' || upper.mode === 'source') return false;
  return from?.upper?.kind !== 'macvlan' || [upper.mode, from.upper.mode].every((mode) => mode === 'bridge' || mode === undefined);
}

function add(search: Search, station: Station): void {
  if (station.link.up !== false && !search.found.some(({ stack, link }) => stack === station.stack && link === station.link))
    search.found.push(station);
}

/** A broadcast in a tunnel goes to the entries for all zeroes; without one it is dropped. */
function tunnel(search: Search, { stack, link }: Station): void {
  const { fdb } = stack;
  search.isPlain = false;
  const untold = untoldTunnel({ stack, link }) ?? (fdb.is === 'gap' ? fdb.gap : undefined);
  if (fdb.is === 'gap' || untold !== undefined) {
    search.gap = untold;
    return;
  }
  const asked = search.known === null ? [ZERO_MAC] : [search.known, ZERO_MAC];
  const entries = asked.flatMap((mac) => fdb.table.tunnels.get(fdbKey(link.name, mac)) ?? []);
  if (entries.length === 0) {
    search.by.push(...citeAbsence(fdb, fdbKey(link.name, ZERO_MAC)));
    if (!fdb.complete) search.open = true;
    return;
  }
  search.open = true;
  const remotes = new Set(entries.flatMap(({ dst }) => (typeof dst === 'string' ? [dst] : [])));
  for (const other of search.run.world.stacks()) {
    if (other === stack || other.addresses.is === 'gap' || other.links.is === 'gap') continue;
    for (const end of other.links.table.all) if (hears(other, end, link, remotes)) arrive(search, { stack: other, link: end }, undefined);
  }
}

/** A tunnel that answers out of its own namespace's neighbours and carries no question (arp_reduce, neigh_reduce), or whose outside is in another one. */
function untoldTunnel({ stack, link }: Station): Gap | undefined {
  const isProxy = link.vxlan?.proxy === true;
  if (!isProxy && !isElsewhere(link)) return undefined;
  const detail = isProxy ? `what ${link.name}, a proxy, answers by itself` : `the outside of ${link.name} is in another namespace`;
  return { of: 'link', scope: stack.scope, why: 'not modelled', detail };
}

/** Whether a tunnel's other end gets what is sent to these remotes. */
function hears(stack: Stack, end: Link, { vxlan }: Link, remotes: ReadonlySet<Ip>): boolean {
  if (end.vxlan === undefined || end.vxlan === null || end.up === false || end.vxlan.vni !== vxlan?.vni) return false;
  if (typeof end.vxlan.group === 'string' && remotes.has(end.vxlan.group)) return true;
  const { addresses } = stack;
  return addresses.is === 'seen' && [...remotes].some((remote) => !isMulticast(remote) && addresses.table.byAddress.has(remote));
}
