import type { LimitNote } from '../../notes.ts';
import type { Answer, Compile, Context, Where } from '../context.ts';
import { notTold } from '../not-told.ts';
import { numberOf } from '../numbers.ts';
import { originText } from '#snapshot/origin';

const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
];

/** Packets per millisecond: `10/min`. */
function rateOf(text: string): number | undefined {
  const [, count = '', unit = 'second'] = /^(\d+)(?:\/([a-z]+))?$/.exec(text) ?? [];
  const seconds = SECONDS.find(([name]) => name.startsWith(unit))?.[1];
  return count === '' || seconds === undefined ? undefined : Number(count) / (1000 * seconds);
}

type Limit = { readonly perMs: number; readonly burst: number; readonly where: Where };

/**
 * `-m limit`: a token for each packet, of which so many can be saved (net/netfilter/xt_limit.c limit_mt, nft_limit.c nft_limit_eval).
 * What was used up before the reading its rule counted, where nothing stands behind it; when that was is not told.
 */
export const limit: Compile = (options, where) => {
  const perMs = rateOf(options.get('limit')?.value ?? '3/hour');
  const burst = numberOf(options.get('limit-burst')?.value ?? '5');
  if (perMs === undefined || burst === undefined) return undefined;
  return (context) => taken({ perMs, burst, where }, context);
};

function taken(its: Limit, context: Context): Answer {
  const key = `${context.stack.key} ${originText(its.where.rule.origin)} ${its.where.place}`;
  const now = savedUp(its, context.notes?.limits().get(key) ?? atReading(its), context.at ?? 0);
  context.rounds?.vary();
  const keep = (least: number, most: number): void => context.notes?.keepLimit(key, { least: Math.max(0, least), most, at: now.at });
  if (now.most < 1) {
    keep(now.least, now.most);
    return false;
  }
  const isSure = now.least >= 1;
  keep(now.least - 1, isSure && context.isDoubtful !== true ? now.most - 1 : now.most);
  return isSure || notTold(context, 'iptables', 'a limit depends on when packets came before (net/netfilter/xt_limit.c)');
}

/** At first all tokens are there. */
function atReading({ burst, perMs, where: { rule, place } }: Limit): LimitNote {
  const isCounted = rule.counters !== undefined && place === rule.matches.length - 1;
  return { least: isCounted ? Math.max(0, burst - rule.counters.packets) : 0, most: mostOf(burst, perMs), at: 0 };
}

/** What a token costs is rounded down: quick limits save up more than is written (user2credits, by the coarsest clock). */
const mostOf = (burst: number, perMs: number): number => burst + Math.floor(burst * perMs * 0.04);

function savedUp({ burst, perMs }: Limit, { least, most, at }: LimitNote, now: number): LimitNote {
  const more = Math.max(0, now - at) * perMs;
  return { least: Math.min(burst, least + more), most: Math.min(mostOf(burst, perMs), most + more), at: Math.max(at, now) };
}
