import type { IndexedSet } from '#dataplane/ipsets';
import { familyOf } from '#net/ip';
import type { Context } from '../iptables/context.ts';
import { placeText } from '../run.ts';
import { addressKeyOf, barePortKeyOf, type End, portKeyOf } from './element.ts';

/** What packets did to an element: it is in, it is out, or nobody knows of any element of that set. */
export type Written = 'in' | 'out' | 'unknown' | undefined;

const UNKNOWN = '?';

const nameOf = ({ stack }: Context, set: string, key: string): string => `${placeText(stack)} ipset ${set} ${key}`;

/** A port that was drawn is no other's, whatever number stands for it. */
function ownKey({ packet: { drawn } }: Context, set: IndexedSet, ends: readonly End[], key: string): string {
  const isDrawn = (dimension: string, at: number): boolean =>
    dimension === 'port' && (ends[at] === 'dst' ? drawn?.destination : drawn?.source) !== undefined;
  return drawn !== undefined && dimensionsOf(set).some(isDrawn) ? `${key} drawn` : key;
}

/** What the packets of this run did to an element of a set. One that was put in earlier may have timed out, unless the set shows that it keeps its elements. */
export function written(context: Context, set: IndexedSet, ends: readonly End[], key: string): Written {
  const { notes, at = 0 } = context;
  const { name, members } = set.fact;
  const did = notes?.element(nameOf(context, name, ownKey(context, set, ends, key)));
  const keeps = members.length > 0 && members.every(({ timeoutSeconds }) => timeoutSeconds === null);
  if (did !== undefined) return did === 'in' && at > 0 && !keeps ? 'unknown' : did;
  return notes?.element(nameOf(context, name, UNKNOWN)) === undefined ? undefined : 'unknown';
}

/** Puts what a packet shows into a set or takes it out (net/netfilter/ipset/ip_set_core.c ip_set_add, ip_set_del). */
export function write(context: Context, name: string, ends: readonly End[], is: 'in' | 'out'): void {
  const { ipsets } = context.stack;
  const set = ipsets.is === 'seen' ? ipsets.table.get(name) : undefined;
  if (set !== undefined && isDeaf(context, set, ends)) return;
  context.rounds?.vary();
  const key = set === undefined || context.isDoubtful === true ? UNKNOWN : writtenKey(context, set, ends);
  if (key !== undefined) context.notes?.keepElement(nameOf(context, name, key), is);
  // which of its sets a list takes an element into is not walked
  if (set?.fact.type === 'list:set')
    for (const { parts } of set.fact.members)
      for (const part of parts) if (part.is === 'set') context.notes?.keepElement(nameOf(context, part.name, UNKNOWN), is);
}

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
