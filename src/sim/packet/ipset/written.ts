import type { IndexedSet } from '#dataplane/ipsets';
import type { IpsetMember } from '#facts/ipset/ipset';
import { familyOf } from '#net/ip';
import type { Context } from '../iptables/context.ts';
import type { ElementNote } from '../notes.ts';
import { placeText } from '../run.ts';
import { addressKeyOf, barePortKeyOf, drawnAt, type End, isNobodys, portKeyOf } from './element.ts';

/** What packets did to an element: it is in, it is out, or nobody knows of any element of that set. */
export type Written = 'in' | 'out' | 'unknown' | undefined;

const UNKNOWN = '?';

const nameOf = ({ stack }: Context, set: string, key: string): string => `${placeText(stack)} ipset ${set} ${key}`;

/** A port that was drawn is no other's, whatever number stands for it. */
function ownKey({ packet }: Context, set: IndexedSet, ends: readonly End[], key: string): string {
  const isDrawn = (dimension: string, at: number): boolean => dimension === 'port' && drawnAt(packet, ends[at] ?? 'src') !== undefined;
  return packet.drawn !== undefined && dimensionsOf(set).some(isDrawn) ? `${key} drawn` : key;
}

/** What the packets of this run did to an element of a set. */
export function written(context: Context, set: IndexedSet, ends: readonly End[], key: string): Written {
  const { notes, at = 0 } = context;
  const { name } = set.fact;
  const did = notes?.element(nameOf(context, name, ownKey(context, set, ends, key)));
  if (did !== undefined) return typeof did === 'string' ? did : at < did.until ? 'in' : 'out';
  return notes?.element(nameOf(context, name, UNKNOWN)) === undefined ? undefined : 'unknown';
}

/** What a rule does to a set: an element is put in for so many seconds where it says so, and one that is there gets them anew where `renews`, or goes. */
export type Change = { readonly is: 'in'; readonly seconds: number | undefined; readonly renews: boolean } | { readonly is: 'out' };

/** Puts what a packet shows into a set or takes it out (net/netfilter/ipset/ip_set_core.c ip_set_add, ip_set_del). */
export function write(context: Context, name: string, ends: readonly End[], change: Change): void {
  const { ipsets } = context.stack;
  const set = ipsets.is === 'seen' ? ipsets.table.get(name) : undefined;
  if (set !== undefined && isDeaf(context, set, ends)) return;
  context.rounds?.vary();
  const key = set === undefined || context.isDoubtful === true ? UNKNOWN : writtenKey(context, set, ends);
  const note = noteOf(context, set, key, ends, change);
  if (key !== undefined && note !== undefined) context.notes?.keepElement(nameOf(context, name, key), note);
  // which of its sets a list takes an element into is not walked
  if (set?.fact.type === 'list:set')
    for (const { parts } of set.fact.members)
      for (const part of parts) if (part.is === 'set') context.notes?.keepElement(nameOf(context, part.name, UNKNOWN), change.is);
}

/** What is noted of an element; nothing where it stays as it is, its time too. */
function noteOf(
  context: Context,
  set: IndexedSet | undefined,
  key: string | undefined,
  ends: readonly End[],
  change: Change,
): ElementNote | undefined {
  if (change.is === 'out') return 'out';
  const { at = 0 } = context;
  const lasting = set?.fact.timeoutSeconds;
  const seconds = lasting === undefined ? 0 : (change.seconds ?? lasting);
  if (lasting === undefined || key === undefined || key === UNKNOWN || set === undefined) return 'in';
  if (!change.renews && isThere(context, set, ends, key)) return undefined;
  return seconds === 0 ? 'in' : { until: at + seconds * 1000 };
}

function isThere(context: Context, set: IndexedSet, ends: readonly End[], key: string): boolean {
  const did = written(context, set, ends, key);
  const own = set.byKey.get(key);
  const { at = 0 } = context;
  return did === undefined || did === 'unknown' ? own !== undefined && !isExpired(own, at) : did === 'in';
}

/** Whether an element of the capture has outlived its time. */
export const isExpired = ({ timeoutSeconds }: IpsetMember, at: number): boolean =>
  timeoutSeconds !== null && timeoutSeconds !== 0 && timeoutSeconds * 1000 <= at;

const dimensionsOf = ({ fact }: IndexedSet): readonly string[] => (fact.type.split(':')[1] ?? '').split(',');

/** A set takes nothing of another family, nor of fewer parts than its own. */
const isDeaf = ({ packet }: Context, set: IndexedSet, ends: readonly End[]): boolean =>
  set.fact.type !== 'list:set' &&
  ((set.fact.family !== null && set.fact.family !== familyOf(packet.source)) || dimensionsOf(set).length > ends.length);

/** The key of the element that a packet writes; nothing where it lacks a part of it. Which elements a bitmap has room for was not read. */
function writtenKey(context: Context, set: IndexedSet, ends: readonly End[]): string | undefined {
  if (!set.fact.type.startsWith('hash:')) return UNKNOWN;
  const parts = dimensionsOf(set).map((dimension, place) => partOf(context, set, dimension, ends[place] ?? 'src', place));
  if (parts.includes(undefined)) return undefined;
  return parts.includes(UNKNOWN) ? UNKNOWN : ownKey(context, set, ends, parts.join());
}

function partOf(context: Context, set: IndexedSet, dimension: string, end: End, place: number): string | undefined {
  switch (dimension) {
    case 'ip':
      if (isNobodys(context, set.fact, end)) return undefined;
      return addressKeyOf(context, end, set.fact.netmask ?? null);
    case 'net':
      // cut to the longest prefix that the set has, whole where it is empty (INIT_CIDR)
      return addressKeyOf(context, end, set.lengths[place]?.[0] ?? null);
    case 'port':
      return set.fact.type === 'bitmap:port' ? barePortKeyOf(context, end) : portKeyOf(context, end);
    case 'mark':
      return String(context.packet.mark);
    default:
      return UNKNOWN;
  }
}
