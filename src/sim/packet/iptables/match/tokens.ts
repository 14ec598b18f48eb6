import type { LimitNote } from '../../notes.ts';
import type { Answer, Context } from '../context.ts';
import { notTold } from '../not-told.ts';

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

/** Tokens that packets use up and time brings back, of which so many can be saved; how they are noted, and why they may not be known. */
export type Tokens = {
  readonly perMs: number;
  readonly burst: number;
  readonly key: string;
  readonly atReading: LimitNote;
  /** All of them are back when nobody asked for so long. */
  readonly forgottenMs?: number;
  readonly of?: 'nft';
  readonly detail: string;
};

/** Whose packet asks, and when. */
type Asking = Pick<Context, 'stack' | 'notes' | 'at' | 'rounds' | 'isDoubtful'>;

/** Takes a token for a packet: whether there was one. */
export function taken(its: Tokens, context: Asking): Answer {
  const { notes } = context;
  const now = savedUp(its, notes?.limits().get(its.key) ?? its.atReading, context.at ?? 0);
  context.rounds?.vary();
  const keep = (least: number, most: number): void => notes?.keepLimit(its.key, { least: Math.max(0, least), most, at: now.at });
  if (now.most < 1) {
    keep(now.least, now.most);
    return false;
  }
  const isSure = now.least >= 1;
  keep(now.least - 1, isSure && context.isDoubtful !== true ? now.most - 1 : now.most);
  return isSure || notTold(context, its.of ?? 'iptables', its.detail);
}

/** What a token costs is rounded down: quick limits save up more than is written (user2credits, by the coarsest clock). */
export const mostOf = (burst: number, perMs: number): number => burst + Math.floor(burst * perMs * 0.04);

function savedUp({ burst, perMs, forgottenMs }: Tokens, { least, most, at }: LimitNote, now: number): LimitNote {
  const passed = Math.max(0, now - at);
  const top = mostOf(burst, perMs);
  const mayBeNew = forgottenMs !== undefined && passed >= forgottenMs;
  return {
    least: Math.min(burst, least + passed * perMs),
    most: mayBeNew ? top : Math.min(top, most + passed * perMs),
    at: Math.max(at, now),
  };
}
