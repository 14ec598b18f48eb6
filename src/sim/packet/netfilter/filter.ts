import type { End } from '../next.ts';
import { type Ahead, placeText, type Run } from '../run.ts';
import type { Skb } from '../skb.ts';
import type { Hook } from '../iptables/context.ts';
import { isIdle, type Station } from './order.ts';
import { type At, deviceOf } from './place.ts';
import { agreed } from '../trail.ts';
import { rulesNoted } from '../notes.ts';
import { pass } from './station.ts';

type Registrant = readonly Station[];

/** All that filters at one priority. Where several registered there, nobody tells who comes first: that is asked only where it matters. */
export function filtered(run: Run, skb: Skb, at: At, registrants: readonly Registrant[]): Skb | End {
  const [only] = registrants;
  if (only !== undefined && registrants.length === 1) return inTurn(run, skb, at, only);
  const present = registrants.filter((stations) => stations.some((station) => isPresent(station, at.hook)));
  return present.length < 2 ? inTurn(run, skb, at, registrants.flat()) : inAnyOrder(run, skb, at, present);
}

function inTurn(run: Run, skb: Skb, at: At, stations: readonly Station[]): Skb | End {
  let now = skb;
  for (const station of stations) {
    const next = pass(run, now, at, station);
    if ('stage' in next) return next;
    now = next;
  }
  return now;
}

/** What came of one order: the packet or its end, and its connection's mark. */
type Came = { readonly next: Skb | End; readonly mark: number | undefined };

/** Both orders are walked; which it was is asked where they do not come to the same. */
function inAnyOrder(run: Run, skb: Skb, at: At, present: readonly Registrant[]): Skb | End {
  const connection = skb.track?.connection ?? null;
  const before = connection?.mark;
  const marked = (mark: number | undefined): void => {
    if (connection !== null && mark !== undefined) connection.mark = mark;
  };
  const cameOf = (order: readonly Registrant[]): Came => {
    const next = inTurn(run, skb, at, order.flat());
    const mark = connection?.mark;
    marked(before);
    return { next, mark };
  };
  const [forward, backward] = run.either(
    () => cameOf(present),
    () => cameOf(present.toReversed()),
  );
  const isSame = isAlike(forward, backward);
  const { result, keep } = !isSame && isSecondFirst(run, skb, at, present) ? backward : forward;
  keep();
  marked(result.mark);
  return isSame ? ofBoth(forward.result.next, backward.result.next, skb) : result.next;
}

const skbIn = (next: Skb | End): Skb => ('stage' in next ? next.skb : next);

/** Whether both orders do the same to the packet and to those after it; which rules looked at it aside. */
function isAlike(one: Ahead<Came>, other: Ahead<Came>): boolean {
  const [own, its] = [one.result.next, other.result.next];
  const isSame = one.result.mark === other.result.mark && isSameEnd(own, its) && isSameTrack(skbIn(own).track, skbIn(its).track);
  if (!isSame || !isSameText(skbIn(own).packet, skbIn(its).packet)) return false;
  return one.noted === other.noted || rulesNoted(one.noted) === rulesNoted(other.noted);
}

function isSameEnd(one: Skb | End, other: Skb | End): boolean {
  if (!('stage' in one) || !('stage' in other)) return !('stage' in one) && !('stage' in other);
  return one.disposition === other.disposition && one.reason.says === other.reason.says;
}

const isSameText = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);

const isSameTrack = (one: Skb['track'], other: Skb['track']): boolean =>
  one === other || (one?.connection === other?.connection && isSameText({ ...one, connection: null }, { ...other, connection: null }));

/** What came of both orders: what only one of them counted may have counted. */
function ofBoth(one: Skb | End, other: Skb | End, { trail: since }: Skb): Skb | End {
  const own = skbIn(one);
  const skb = { ...own, trail: agreed(own.trail, skbIn(other).trail, since) };
  return 'stage' in one ? { ...one, skb } : skb;
}

/** Asks which of two that hang at the same priority comes first: who registered last does. */
function isSecondFirst(run: Run, { stack }: Skb, at: At, present: readonly Registrant[]): boolean {
  const names = present.map(nameOf);
  const options = [
    { name: `${names[0]} first`, probability: null },
    { name: `${names[1]} first`, probability: null },
  ];
  const detail = `${names.join(' and ')} hang at the same priority of ${at.hook}; which comes first is not told`;
  const gap = { of: 'nft', scope: stack.scope, why: 'not told', detail } as const;
  const place = `${placeText(stack)} ${at.hook} ${deviceOf(at) ?? ''} order of ${names.join(', ')}`;
  return run.pick({ at: place, of: 'order', scope: 'connection', options, because: { gap, by: [] } }) === 1;
}

const nameOf = ([station]: Registrant): string => {
  if (station === undefined) return '';
  if (station.is === 'nft') return `nft ${station.base.table.family} ${station.base.table.name}`;
  return `iptables ${station.table.fact.backend ?? ''} ${station.table.fact.table}`.replace('  ', ' ');
};

/** A chain without rules that accepts changes nothing; what other hooks ask of the same table is not asked here. */
const isPresent = (station: Station, hook: Hook): boolean =>
  station.is === 'nft' ? station.base.chain.rules.length > 0 || station.base.hook.policy === 'drop' : !isIdle(station, hook);
