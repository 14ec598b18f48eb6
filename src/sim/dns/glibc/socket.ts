import type { Ip } from '#net/ip';
import type { Chooser } from '#sim/clock/choice';
import { send } from '#sim/packet/send';
import { FRESH, type State } from '#sim/packet/state';
import { packetOf } from '#sim/packet/trace';
import type { Question, WireQuery } from '../lookup.ts';
import { seenOf } from '../server/server.ts';

/** What the resolver's socket gets for a query, and when. */
export type Answered = { readonly kind: 'answer' | 'error' | 'silence' | 'unknown'; readonly after: number };

/** Bytes of an IP packet that carries a short question. */
const QUERY_BYTES = 78;
/** The port of the first server's socket: any free one, and the same for every retry. */
const FIRST_PORT = 41805;

/** A lookup's connected UDP sockets, one per server, with all that went over them. */
export class Socket {
  readonly queries: WireQuery[] = [];
  readonly #question: Question;
  readonly #chooser: Chooser;
  #state: State = FRESH;
  #reopened = 0;

  constructor(question: Question, chooser: Chooser) {
    this.#question = question;
    this.#chooser = chooser;
  }

  /** Sends one query; `reopen` takes a new socket, and so a new port, for it. */
  ask(type: 'A' | 'AAAA', server: Ip, index: number, { at, reopen }: { readonly at: number; readonly reopen: boolean }): Answered {
    const { world, from, name } = this.#question;
    if (reopen) this.#reopened++;
    const sourcePort = FIRST_PORT + index + (reopen ? 100 * this.#reopened : 0);
    const packet = packetOf(world, { from, to: server, protocol: 'udp', port: 53, sport: sourcePort, size: QUERY_BYTES, df: false });
    const outcome = send(world, from, packet, this.#state, this.#chooser, at);
    this.#state = outcome.state;
    const { kind, after } = seenOf(outcome);
    const answeredAfter = kind === 'answer' ? after : null;
    this.queries.push({ at, name, type, server, sourcePort, answeredAfter, outcome });
    return { kind: kind === 'refused' || kind === 'unreachable' ? 'error' : kind, after };
  }
}
