import { originText } from '#snapshot/origin';
import type { Compile, Where } from '../context.ts';
import { numberOf } from '../numbers.ts';
import { mostOf, rateOf, taken } from './tokens.ts';

const DETAIL = 'a limit depends on when packets came before (net/netfilter/xt_limit.c)';

/**
 * `-m limit`: a token for each packet, of which so many can be saved (net/netfilter/xt_limit.c limit_mt, nft_limit.c nft_limit_eval).
 * What was used up before the reading its rule counted, where nothing stands behind it; when that was is not told.
 */
export const limit: Compile = (options, where) => {
  const rate = rateOf(options.get('limit')?.value ?? '3/hour');
  const burst = numberOf(options.get('limit-burst')?.value ?? '5');
  if (rate === undefined || burst === undefined) return undefined;
  const { perMs } = rate;
  const top = mostOf(burst, perMs);
  const atReading = { least: leastOf(burst, where), most: top };
  const name = `${originText(where.rule.origin)} ${where.place}`;
  return (context) => taken({ perMs, burst, top, key: `${context.stack.key} ${name}`, atReading, detail: DETAIL }, context);
};

/** At first all tokens are there: those that the rule counted are used up, where nothing stands behind the match. */
export function leastOf(burst: number, { rule, place }: Where): number {
  const isCounted = rule.counters !== undefined && place === rule.matches.length - 1;
  return isCounted ? Math.max(0, burst - rule.counters.packets) : 0;
}
