import { worldOf } from '#dataplane/world';
import { type ExchangeJson, exchangeJson } from '#report/exchange-json';
import { exchange, possibilities } from '#sim/packet/exchange';
import { joined, type Likely, withRations } from '#sim/packet/joined';
import { FRESH } from '#sim/packet/state';
import { UsageError } from '../command.ts';
import type { Opened } from '../open.ts';
import { Instead } from './instead.ts';
import { Fields, sentOf } from './packet-line.ts';

/** Of more that may have come before, and differ in more than what is rationed, the likeliest are followed: with what any of the others leaves of that. */
const MOST = 12;

/**
 * Packets described header by header, one after the other. `after` continues what an earlier one left behind: its id, or
 * `{ id, outcome }` where several outcomes were possible and it is known which one came, or a list of them where that is known of
 * none. `instead` are lines that the capture is to be read with, `cites` asks for the facts that decided, `changes` for the
 * connections that the packet changed and no others.
 */
export class Conversations {
  readonly #opened: Pick<Opened, 'facts' | 'snapshot'>;
  readonly #instead: Instead;
  readonly #left = new Map<unknown, readonly Likely[]>();

  constructor(opened: Pick<Opened, 'facts' | 'snapshot'>) {
    this.#opened = opened;
    this.#instead = new Instead(opened);
  }

  /** What comes of the packet of one line. */
  answer(line: unknown): object {
    const fields = new Fields(line, 'the line');
    const sent = sentOf(fields, this.#opened.facts);
    const at = fields.number('at', 1e12, 0);
    const before = this.#before(fields.raw('after'));
    const world = worldOf(this.#instead.facts(fields.raw('instead')));
    const cites = fields.raw('cites') === true;
    const left: Likely[] = [];
    const told = before.followed.map(({ state, share }) => {
      const exchanges = exchange(world, sent, state, at);
      if (exchanges === undefined) throw new UsageError(`nothing was captured of where the packet starts`);
      const all = possibilities(exchanges);
      for (const { state: after, probability } of all)
        left.push({ state: after, weight: probability === null ? null : probability * share });
      return exchangeJson(exchanges, all, { at, cites, share, since: fields.raw('changes') === true ? state : undefined });
    });
    this.#left.set(fields.raw('id'), left);
    return together(told, before.complete);
  }

  /** What may have come before: what differs in what is rationed alone is one. */
  #before(after: unknown): { readonly followed: readonly Followed[]; readonly complete: boolean } {
    if (after === undefined || after === null) return { followed: [{ state: FRESH, share: 1 }], complete: true };
    const all = joined((Array.isArray(after) ? after : [after]).map((one) => this.#leftBy(one)));
    const sorted = all.toSorted((one, other) => (other.weight ?? 0) - (one.weight ?? 0));
    const likeliest = sorted.length <= MOST ? sorted : sorted.slice(0, MOST).map((one) => withOthers(one, sorted.slice(MOST)));
    const sum = likeliest.reduce((whole, { weight }) => whole + (weight ?? Number.NaN), 0);
    const share = (weight: number | null): number => (sum > 0 ? (weight ?? 0) / sum : 1 / likeliest.length);
    return { followed: likeliest.map(({ state, weight }) => ({ state, share: share(weight) })), complete: likeliest.length === all.length };
  }

  #leftBy(after: unknown): Likely {
    const named = typeof after === 'object' ? new Fields(after, 'after') : undefined;
    const all = this.#left.get(named === undefined ? after : named.raw('id'));
    const one = all?.[named?.number('outcome', 1e6, 0) ?? 0];
    if (one === undefined) throw new UsageError(`after names no packet that was sent before: ${JSON.stringify(after)}`);
    return one;
  }
}

/** A way, and what of limits and errors it or one of others left. */
const withOthers = (one: Likely, others: readonly Likely[]): Likely => ({ ...one, state: withRations([one, ...others]) });

/** What may have come before, and how likely among all that is followed. */
type Followed = { readonly state: Likely['state']; readonly share: number };

function together(told: readonly ExchangeJson[], complete: boolean): ExchangeJson {
  const [first, ...others] = told;
  if (first !== undefined && others.length === 0) return complete ? first : { ...first, complete };
  const doubts = [...new Set(told.flatMap((one) => one.doubts ?? []))];
  return {
    complete: complete && told.every((one) => one.complete),
    outcomes: told.flatMap(({ outcomes }) => outcomes),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}
