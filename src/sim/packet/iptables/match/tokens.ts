import type { Limit, LimitNote } from '../../notes.ts';
import { each, given, likelihood, type Odds, sure } from '../../odds.ts';
import { around, mixedLimits, savedUp } from '../../rations.ts';
import type { Answer, Context } from '../context.ts';
import { notTold } from '../not-told.ts';
import { leastAfterUntold } from './untold-bucket.ts';

const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
  ['week', 604_800],
];

/** How often something may be: packets per millisecond, and how long the unit is that it was written in. */
export type Rate = { readonly perMs: number; readonly unitMs: number };

/** A rate as it is written: `10/min`. */
export function rateOf(text: string): Rate | undefined {
  const [, count = '', unit = 'second'] = /^(\d+)(?:\/([a-z]+))?$/.exec(text) ?? [];
  const seconds = SECONDS.find(([name]) => name.startsWith(unit))?.[1];
  return count === '' || seconds === undefined ? undefined : { perMs: Number(count) / (1000 * seconds), unitMs: 1000 * seconds };
}

/** A limit's tokens: how they come back, how they are noted, what there was at the reading, and why they may not be known. */
export type Tokens = Limit & {
  readonly key: string;
  /** What was noted of all buckets that this may be, by packets of which nobody knew theirs. */
  readonly common?: string;
  readonly atReading: { readonly least: number; readonly most: number };
  readonly of?: 'nft';
  readonly detail: string;
};

/** Whose packet asks, and when. */
type Asking = Pick<Context, 'stack' | 'notes' | 'at' | 'rounds' | 'isDoubtful'>;

/** Takes a token for a packet: whether there was one; where that depends on what packets before took by chance, how likely. */
export function taken(its: Tokens, context: Asking): Answer {
  const { notes } = context;
  const { key, atReading, perMs, burst, top, forgottenMs } = its;
  const limit = { perMs, burst, top, ...(forgottenMs === undefined ? {} : { forgottenMs }) };
  const least = its.common === undefined ? undefined : leastAfterUntold(its.common, atReading.least, limit, context);
  const asRead = savedUp({ ...atReading, at: 0, limit }, context.at ?? 0);
  const unasked = least === undefined ? asRead : { ...asRead, least };
  const now = each(notes?.limits().get(key) ?? sure(null), (is) => (is === null ? unasked : savedUp(is, context.at ?? 0)));
  context.rounds?.vary();
  notes?.ask(key, Math.floor(Math.min(...now.map(({ is }) => is.least))));
  const keep = (odds: Odds<LimitNote>): void => notes?.keepLimit(key, mixedLimits([odds], [1]));
  if (now.some(({ is }) => isUnsure(is)) || (context.isDoubtful === true && now.length > 1)) {
    const all = around(now.map(({ is }) => is));
    keep(sure({ ...all, least: Math.max(0, all.least - 1) }));
    return notTold(context, its.of ?? 'iptables', its.detail);
  }
  const [only] = now;
  if (only !== undefined && context.isDoubtful === true) {
    keep(sure(isThere(only.is) ? { ...only.is, least: only.is.least - 1 } : only.is));
    return isThere(only.is);
  }
  const has = likelihood(now, isThere);
  keep(each(now, (is) => (isThere(is) ? less(is) : is)));
  if (has === 0 || now.every(({ is }) => isThere(is))) return has > 0;
  return {
    probability: has,
    settle: (holds) =>
      keep(
        each(
          given(now, (is) => isThere(is) === holds),
          holds ? less : (is) => is,
        ),
      ),
  };
}

const isThere = ({ least }: LimitNote): boolean => least >= 1;
const isUnsure = ({ least, most }: LimitNote): boolean => least < 1 && most >= 1;
const less = (is: LimitNote): LimitNote => ({ ...is, least: is.least - 1, most: is.most - 1 });

/** What a token costs is rounded down: quick limits save up more than is written (user2credits, by the coarsest clock). */
export const mostOf = (burst: number, perMs: number): number => burst + Math.floor(burst * perMs * 0.04);
