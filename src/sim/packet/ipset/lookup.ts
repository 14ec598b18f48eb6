import type { IpsetMember } from '#facts/ipset/ipset';
import type { IndexedSet } from '#dataplane/ipsets';
import { contains } from '#net/cidr';
import { familyOf } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import type { Context } from '../iptables/context.ts';
import { notTold } from '../iptables/not-told.ts';
import { type Range, within } from '../iptables/numbers.ts';
import { isExpired, written } from './written.ts';
import { addressAt, addressKeyOf, barePortKeyOf, drawnAt, type End, isNobodys, portKeyOf } from './element.ts';

/** What a set says of a packet. `nomatch`: an element that excepts it. */
export type SetAnswer = 'match' | 'nomatch' | 'none' | { readonly gap: Gap };

/** Sets within sets are followed so deep; the kernel allows one level. */
const DEEPEST = 4;

/** What of a packet a set is asked about, when (in milliseconds after the reading), and whether what is excepted is what is wanted. */
export type Asked = { readonly ends: readonly End[]; readonly at: number; readonly returnsNomatch: boolean };

/** Asks a set about a packet (net/netfilter/ipset/ip_set_core.c ip_set_test). */
export function inSet(context: Context, name: string, asked: Asked, depth = 0): SetAnswer {
  const { ipsets, scope } = context.stack;
  if (ipsets.is === 'gap') return { gap: { ...ipsets.gap, detail: `the set ${name} was not read: ${ipsets.gap.detail}` } };
  const set = ipsets.table.get(name);
  if (set === undefined) {
    const detail = `the set ${name} was not read`;
    return { gap: { of: 'ipset', scope, why: 'not collected', detail, capture: 'ipset save' } };
  }
  const { type, family } = set.fact;
  const { ends, at } = asked;
  if (type === 'list:set') return depth >= DEEPEST ? 'none' : inList(context, set, asked, depth);
  // A set of the other family never matches, nor one of more parts than are asked about.
  if (family !== null && family !== familyOf(context.packet.source)) return 'none';
  const dimensions = (type.split(':')[1] ?? '').split(',');
  if (dimensions.length > ends.length) return 'none';
  const found = searched(context, set, dimensions, ends, at);
  if (found !== 'none' || set.problem === null) return asked.returnsNomatch && dimensions.includes('net') ? turned(found) : found;
  return { gap: { of: 'ipset', scope, why: 'unreadable', detail: `set ${name}: ${set.problem}` } };
}

/** Only sets of networks can except, and tell the one for the other (IPSET_TYPE_NOMATCH, IPSET_FLAG_RETURN_NOMATCH). */
const turned = (answer: SetAnswer): SetAnswer => (answer === 'nomatch' ? 'match' : answer === 'match' ? 'none' : answer);

/** The members of a list in their order: the first that matches (net/netfilter/ipset/ip_set_list_set.c list_set_ktest). */
function inList(context: Context, set: IndexedSet, asked: Asked, depth: number): SetAnswer {
  let gap: SetAnswer | undefined;
  for (const member of set.fact.members) {
    const [part] = member.parts;
    if (part?.is !== 'set' || isExpired(member, asked.at)) continue;
    const answer = inSet(context, part.name, asked, depth + 1);
    if (answer === 'match') return 'match';
    if (typeof answer !== 'string') gap ??= answer;
  }
  return gap ?? 'none';
}

/** Tries every combination of prefix lengths in use, the longest first (ip_set_hash_gen.h mtype_test_cidrs). */
function searched(context: Context, set: IndexedSet, dimensions: readonly string[], ends: readonly End[], at: number): SetAnswer {
  const choices = dimensions.map((dimension, place) => keysOf(context, set, dimension, ends[place] ?? 'src', place));
  if (choices.some((keys) => keys.length === 0)) return 'none';
  const drawn = drawnPart(context, dimensions, ends);
  const isOfDevice = set.fact.type === 'hash:net,iface';
  let isOpen = false;
  for (const key of combined(choices)) {
    const did = written(context, set, ends, key);
    if (did === 'in') return 'match';
    isOpen ||= did === 'unknown';
    const member = did === 'out' || drawn !== undefined ? undefined : set.byKey.get(key);
    if (member !== undefined && !isExpired(member, at)) return member.nomatch ? 'nomatch' : 'match';
    // a network that is there with another device ends the search (ip_set_hash_gen.h mtype_test_cidrs, `multi`)
    if (isOfDevice && hasNetwork(set, key)) return 'none';
  }
  if (isOpen) return notTold(context, 'ipset', `an earlier packet changed set ${set.fact.name} by an element that is not known`);
  if (drawn !== undefined && mayHold(set, choices, drawn, at))
    return notTold(context, 'ipset', `which port was drawn is not told, and set ${set.fact.name} holds some of those that it may be`);
  const other = set.others.find((member) => !isExpired(member, at) && fitsOther(context, member, ends));
  if (other === undefined) return set.fact.type === 'bitmap:ip,mac' ? withoutMac(context, set, ends, at) : 'none';
  if (other.parts.some((part) => part.is === 'device' && part.physical))
    return {
      gap: { of: 'ipset', scope: context.stack.scope, why: 'not modelled', detail: `set ${set.fact.name} asks for the port of a bridge` },
    };
  return other.nomatch ? 'nomatch' : 'match';
}

/** A part that is a port which was drawn: of elements it may be any within its range. */
type DrawnPart = { readonly place: number; readonly range: Range };

function drawnPart({ packet }: Context, dimensions: readonly string[], ends: readonly End[]): DrawnPart | undefined {
  if (packet.drawn === undefined) return undefined;
  const ranges = dimensions.map((dimension, place) => (dimension === 'port' ? drawnAt(packet, ends[place] ?? 'src') : undefined));
  const place = ranges.findIndex((range) => range !== undefined);
  const range = ranges[place];
  return range === undefined ? undefined : { place, range };
}

/** Whether an element has a port that may have been drawn, and the packet's other parts. */
function mayHold({ byKey }: IndexedSet, choices: readonly (readonly string[])[], { place, range }: DrawnPart, at: number): boolean {
  const protocol = choices[place]?.[0]?.replace(/\d+$/, '') ?? '';
  const isOne = (part: string): boolean => part.startsWith(protocol) && within(Number(part.slice(protocol.length)), range);
  return byKey
    .entries()
    .some(
      ([key, member]) =>
        !isExpired(member, at) &&
        key.split(',').every((part, own) => (own === place ? isOne(part) : choices[own]?.includes(part) === true)),
    );
}

const hasNetwork = ({ byKey }: IndexedSet, key: string): boolean => {
  const network = key.slice(0, key.indexOf(',') + 1);
  return byKey.keys().some((other) => other.startsWith(network));
};

function* combined(choices: readonly (readonly string[])[], at = 0, prefix = ''): Generator<string> {
  for (const key of choices[at] ?? []) {
    const whole = at === 0 ? key : `${prefix},${key}`;
    if (at === choices.length - 1) yield whole;
    else yield* combined(choices, at + 1, whole);
  }
}

/** The keys under which one part of a packet can be found; none where the packet has no such part. */
function keysOf(context: Context, set: IndexedSet, dimension: string, end: End, place: number): readonly string[] {
  const one = (key: string | undefined): readonly string[] => (key === undefined ? [] : [key]);
  switch (dimension) {
    case 'ip':
      if (isNobodys(context, set.fact, end)) return [];
      return set.fact.netmask != null || (set.lengths[place]?.length ?? 0) <= 1
        ? [addressKeyOf(context, end, set.fact.netmask ?? set.lengths[place]?.[0] ?? null)]
        : (set.lengths[place] ?? []).map((length) => addressKeyOf(context, end, length));
    case 'net':
      // an empty set may have taken in whole addresses since
      return (set.lengths[place] ?? [null]).map((length) => addressKeyOf(context, end, length));
    case 'port':
      return one(set.fact.type === 'bitmap:port' ? barePortKeyOf(context, end) : portKeyOf(context, end));
    case 'iface':
      return one((end === 'src' ? context.in : context.out)?.name);
    case 'mac':
      // of either end (bitmap_ipmac_kadt, hash_mac4_kadt)
      return one((end === 'src' ? context.fromMac : context.toMac) ?? undefined);
    case 'mark':
      return [String(context.packet.mark)];
    default:
      return [];
  }
}

/** Elements with a device by prefix or a bridge's port are read one by one; there are few. */
function fitsOther(context: Context, { parts }: IpsetMember, ends: readonly End[]): boolean {
  return parts.every((part, place) => {
    const end = ends[place] ?? 'src';
    if (part.is === 'net') return contains(part.value, addressAt(context, end));
    if (part.is !== 'device') return false;
    const name = (end === 'src' ? context.in : context.out)?.name;
    return part.physical || (name?.startsWith(part.name) ?? false);
  });
}

/** An element without its MAC takes the one of the first packet (ip_set_bitmap_ipmac.c bitmap_ipmac_do_test). */
function withoutMac(context: Context, set: IndexedSet, ends: readonly End[], at: number): SetAnswer {
  const member = set.byKey.get(addressKeyOf(context, ends[0] ?? 'src', null));
  return member === undefined || isExpired(member, at) ? 'none' : 'match';
}
