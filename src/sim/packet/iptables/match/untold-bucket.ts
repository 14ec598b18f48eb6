import type { Limit, LimitNote } from '../../notes.ts';
import { each, sure } from '../../odds.ts';
import { savedUp } from '../../rations.ts';
import type { Context } from '../context.ts';

/** Whose packet asks, and when. */
type Asking = Pick<Context, 'notes' | 'at' | 'rounds'>;

/** Stands in a bucket's name where nobody knows what does. */
export const UNTOLD = '?';

/**
 * Takes a token for a packet of which nobody knows the bucket (net/netfilter/xt_hashlimit.c hashlimit_mt_common): each that it may be of
 * has one less for sure. Those that no packet asked yet are as full as one of which all such packets took, which is noted under their
 * common name.
 */
export function mayTake(common: string, limit: Limit, { notes, at = 0, rounds }: Asking): void {
  rounds?.vary();
  if (notes === undefined) return;
  const full: LimitNote = { least: limit.burst, most: limit.top, at: 0, limit };
  const before = each(notes.limits().get(common) ?? sure(null), (is) => savedUp(is ?? full, at));
  notes.ask(common, Math.floor(Math.min(...before.map(({ is }) => is.least))));
  for (const [key, odds] of [...notes.limits()]) {
    if (key !== common && isOneOf(key, common))
      notes.keepLimit(
        key,
        each(odds, (is) => (is === null ? null : oneLess(savedUp(is, at)))),
      );
  }
  notes.keepLimit(common, each(before, oneLess));
}

/** What a bucket that no packet asked yet has for sure, after those that may have been of it; `had` is what it had at the reading. */
export function leastAfterUntold(common: string, had: number, { burst }: Limit, { notes, at = 0 }: Asking): number | undefined {
  const odds = notes?.limits().get(common);
  if (odds === undefined) return undefined;
  const least = Math.min(...odds.map(({ is }) => (is === null ? burst : savedUp(is, at).least)));
  return Math.max(0, least - Math.max(0, burst - had));
}

const oneLess = (note: LimitNote): LimitNote => ({ ...note, least: Math.max(0, note.least - 1) });

function isOneOf(key: string, common: string): boolean {
  const [own, all] = [key.split(' '), common.split(' ')];
  return own.length === all.length && all.every((piece, at) => piece === UNTOLD || piece === own[at]);
}
