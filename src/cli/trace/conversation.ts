import { worldOf } from '#dataplane/world';
import { exchangeJson } from '#report/exchange-json';
import { exchange, possibilities } from '#sim/packet/exchange';
import { FRESH, type State } from '#sim/packet/state';
import { UsageError } from '../command.ts';
import type { Opened } from '../open.ts';
import { Instead } from './instead.ts';
import { Fields, sentOf } from './packet-line.ts';

/**
 * Packets described header by header, one after the other. `after` continues what an earlier one left behind: its id, or
 * `{ id, outcome }` where several outcomes were possible and it is known which one came. `instead` are lines that the capture is
 * to be read with, `cites` asks for the facts that decided, `changes` for the connections that the packet changed and no others.
 */
export class Conversations {
  readonly #opened: Pick<Opened, 'facts' | 'snapshot'>;
  readonly #instead: Instead;
  readonly #left = new Map<unknown, readonly State[]>();

  constructor(opened: Pick<Opened, 'facts' | 'snapshot'>) {
    this.#opened = opened;
    this.#instead = new Instead(opened);
  }

  /** What comes of the packet of one line. */
  answer(line: unknown): object {
    const fields = new Fields(line, 'the line');
    const sent = sentOf(fields, this.#opened.facts);
    const at = fields.number('at', 1e12, 0);
    const before = this.#stateAfter(fields.raw('after'));
    const exchanges = exchange(worldOf(this.#instead.facts(fields.raw('instead'))), sent, before, at);
    if (exchanges === undefined) throw new UsageError(`nothing was captured of where the packet starts`);
    this.#left.set(
      fields.raw('id'),
      possibilities(exchanges).map(({ state }) => state),
    );
    return exchangeJson(exchanges, { at, cites: fields.raw('cites') === true, since: fields.raw('changes') === true ? before : undefined });
  }

  #stateAfter(after: unknown): State {
    if (after === undefined || after === null) return FRESH;
    const named = typeof after === 'object' ? new Fields(after, 'after') : undefined;
    const states = this.#left.get(named === undefined ? after : named.raw('id'));
    const state = states?.[named?.number('outcome', 1e6, 0) ?? 0];
    if (state === undefined) throw new UsageError(`after names no packet that was sent before: ${JSON.stringify(after)}`);
    return state;
  }
}
