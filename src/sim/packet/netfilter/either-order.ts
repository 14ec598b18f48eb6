import type { Hook } from '../iptables/context.ts';
import type { End } from '../next.ts';
import { rulesNoted } from '../notes.ts';
import type { Ahead, Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import { agreed } from '../trail.ts';
import { untold } from '../untold.ts';
import { isIdle, type Registrants, type Station } from './order.ts';
import { type At, deviceOf } from './place.ts';

/** How stations are walked, and how what came of them is read. */
export type Walk<T> = {
  readonly through: (stations: readonly Station[]) => T;
  /** The packet in it, and it with the packet otherwise. */
  readonly skbIn: (came: T) => Skb;
  readonly withSkb: (came: T, skb: Skb) => T;
  /** Whether two came to the same, whatever became of the packet's own fields. */
  readonly isSame: (one: T, other: T) => boolean;
};

/**
 * What comes of all that hangs at one priority. Where several registered there, nobody tells who comes first: both orders are
 * walked, and which it was is asked where they do not come to the same.
 */
export function inEitherOrder<T>(run: Run, skb: Skb, at: At, registrants: Registrants, walk: Walk<T>): T {
  const [only] = registrants;
  if (only !== undefined && registrants.length === 1) return walk.through(only);
  const present = registrants.filter((stations) => stations.some((station) => isPresent(station, at.hook)));
  return present.length < 2 ? walk.through(registrants.flat()) : bothOrders(run, skb, at, present, walk);
}

/** What came of one order, and its connection's mark. */
type Came<T> = { readonly came: T; readonly mark: number | undefined };

function bothOrders<T>(run: Run, skb: Skb, at: At, present: Registrants, walk: Walk<T>): T {
  const connection = skb.track?.connection ?? null;
  const before = connection?.mark;
  const marked = (mark: number | undefined): void => {
    if (connection !== null && mark !== undefined) connection.mark = mark;
  };
  const cameOf = (order: Registrants): Came<T> => {
    const came = walk.through(order.flat());
    const mark = connection?.mark;
    marked(before);
    return { came, mark };
  };
  const [forward, backward] = run.either(
    () => cameOf(present),
    () => cameOf(present.toReversed()),
  );
  const isSame = isAlike(forward, backward, walk);
  const { result, keep } = !isSame && isSecondFirst(run, skb, at, present) ? backward : forward;
  keep();
  marked(result.mark);
  return isSame ? ofBoth(forward.result.came, backward.result.came, skb, walk) : result.came;
}

/** Whether both orders do the same to the packet and to those after it; which rules looked at it aside. */
function isAlike<T>(one: Ahead<Came<T>>, other: Ahead<Came<T>>, { skbIn, isSame }: Walk<T>): boolean {
  const [own, its] = [one.result.came, other.result.came];
  if (one.result.mark !== other.result.mark || !isSame(own, its) || !isSameTrack(skbIn(own).track, skbIn(its).track)) return false;
  if (!isSameText(skbIn(own).packet, skbIn(its).packet) || skbIn(own).diverted?.socket !== skbIn(its).diverted?.socket) return false;
  return one.noted === other.noted || rulesNoted(one.noted) === rulesNoted(other.noted);
}

/** Whether two ends are told alike. */
export const isSameEnd = (one: End, other: End): boolean => one.disposition === other.disposition && one.reason.says === other.reason.says;

/** Whether two values are written alike. */
export const isSameText = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

const isSameTrack = (one: Skb['track'], other: Skb['track']): boolean =>
  one === other || (one?.connection === other?.connection && isSameText({ ...one, connection: null }, { ...other, connection: null }));

/** What came of both orders: what only one of them counted may have counted. */
function ofBoth<T>(one: T, other: T, { trail: since }: Skb, { skbIn, withSkb }: Walk<T>): T {
  const own = skbIn(one);
  return withSkb(one, { ...own, trail: agreed(own.trail, skbIn(other).trail, since) });
}

/** Asks which of two that hang at the same priority comes first: who registered last does. */
function isSecondFirst(run: Run, { stack }: Skb, at: At, present: Registrants): boolean {
  const names = present.map(nameOf);
  const options = [`${names[0]} first`, `${names[1]} first`];
  const detail = `${names.join(' and ')} hang at the same priority of ${at.hook}; which comes first is not told`;
  const place = `${at.hook} ${deviceOf(at) ?? ''} order of ${names.join(', ')}`;
  return untold(run, stack, { at: place, of: 'order', options, detail, missing: { of: 'nft', why: 'not told' } }) === 1;
}

const nameOf = ([station]: readonly Station[]): string => {
  if (station === undefined) return '';
  if (station.is === 'nft') return `nft ${station.base.table.family} ${station.base.table.name}`;
  return `iptables ${station.table.fact.backend ?? ''} ${station.table.fact.table}`.replace('  ', ' ');
};

/** A chain without rules that accepts changes nothing; what other hooks ask of the same table is not asked here. */
const isPresent = (station: Station, hook: Hook): boolean =>
  station.is === 'nft' ? station.base.chain.rules.length > 0 || station.base.hook.policy === 'drop' : !isIdle(station, hook);
