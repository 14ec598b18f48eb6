import type { NftRule, NftStatement } from '#facts/nft/nft';
import { originText } from '#snapshot/origin';
import { opposite } from '../iptables/context.ts';
import { mostOf, rateOf, taken } from '../iptables/match/tokens.ts';
import { gapOf, type NftContext } from './context.ts';
import { UNMODELLED_STATEMENTS } from './unmodelled.ts';
import type { Answer } from './value.ts';

type Limit = Extract<NftStatement, { does: 'limit' }>;

/**
 * `limit rate`: a token for each packet, of which so many can be saved; `over` goes on where there is none (net/netfilter/nft_limit.c
 * nft_limit_eval). Limits of bytes, and named ones, which rules share, are not walked.
 */
export function withinLimit(context: NftContext, limit: Limit, rule: NftRule): Answer {
  const detail = `${UNMODELLED_STATEMENTS.limit}: ${limit.what}`;
  const written = limit.rate === undefined ? undefined : rateOf(`${limit.rate.packets}/${limit.rate.per}`);
  if (limit.rate === undefined || written === undefined) return gapOf(context, detail);
  const { burst, over } = limit.rate;
  const { run, stack } = context;
  const top = mostOf(burst, written.perMs);
  const atReading = { least: leastOf(limit, burst, rule), most: top };
  const key = `${stack.key} ${originText(rule.origin)} ${rule.statements.indexOf(limit)}`;
  const asking = { stack, notes: run.notes, at: run.at, rounds: run.rounds };
  const has = taken({ perMs: written.perMs, burst, top, key, atReading, of: 'nft', detail }, asking);
  return over ? opposite(has) : has;
}

/** At first all tokens are there: those are used up that the counter right behind the limit counted. Of what is over, it tells nothing but that some were. */
function leastOf(limit: Limit, burst: number, { statements, counters }: NftRule): number {
  const next = statements[statements.indexOf(limit) + 1];
  const isCounted = next?.does === 'counter' && next.name === null && counters !== null;
  return isCounted && limit.rate?.over !== true ? Math.max(0, burst - counters.packets) : 0;
}
