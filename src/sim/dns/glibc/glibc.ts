import { Agenda } from '#sim/clock/agenda';
import type { Chooser } from '#sim/clock/choice';
import type { Packet } from '#sim/packet/packet';
import { send } from '#sim/packet/send';
import { FRESH, type State } from '#sim/packet/state';
import type { Ip } from '#net/ip';
import type { LookupResult, Question, WireQuery } from '../lookup.ts';
import { seenOf } from '../server/server.ts';
import { glibcOptions, waitSeconds } from './options.ts';

/** Bytes of an IP packet that carries a short question. */
const QUERY_BYTES = 78;
const FIRST_PORT = 41805;

/**
 * getaddrinfo of glibc for a name with a trailing dot (resolv/res_send.c, `__res_context_send`): A and AAAA leave together from
 * one connected socket per server, which every retry keeps: so one source port, and one backend behind a ClusterIP. Each try
 * waits for both answers; an ICMP error ends the wait for that server at once.
 */
export function glibcLookup(question: Question, chooser: Chooser): LookupResult {
  const options = glibcOptions(question.resolvConf);
  const agenda = new Agenda();
  const queries: WireQuery[] = [];
  let state: State = FRESH;
  let ended: Pick<LookupResult, 'result' | 'afterMs'> | undefined;
  const end = (result: LookupResult['result']): void => {
    ended ??= { result, afterMs: agenda.now };
  };

  const ask = (turn: number): void => {
    const server = options.nameservers[turn % options.nameservers.length];
    if (server === undefined || turn >= options.attempts * options.nameservers.length) return end('EAI_AGAIN');
    const index = turn % options.nameservers.length;
    const seen = (['A', 'AAAA'] as const).map((type) => {
      const outcome = send(question.world, question.from, queryPacket(server, FIRST_PORT + index), state, chooser, agenda.now);
      state = outcome.state;
      const one = seenOf(outcome);
      queries.push({
        at: agenda.now,
        name: question.name,
        type,
        server,
        sourcePort: FIRST_PORT + index,
        answeredAfter: one.kind === 'answer' ? one.after : null,
        outcome,
      });
      return one;
    });
    if (seen.some(({ kind }) => kind === 'unknown')) return end('unknown');
    const slowest = Math.max(...seen.map(({ after }) => after));
    if (seen.every(({ kind }) => kind === 'answer')) return void agenda.after(slowest, () => end('answer'));
    const refused = seen.find(({ kind }) => kind === 'refused' || kind === 'unreachable');
    agenda.after(Math.min(refused?.after ?? Number.POSITIVE_INFINITY, waitSeconds(options, index) * 1000), () => ask(turn + 1));
  };

  if (options.attempts === 0 || options.nameservers.length === 0) end('EAI_AGAIN');
  else ask(0);
  agenda.run();
  return { queries, result: ended?.result ?? 'unknown', afterMs: ended?.afterMs ?? agenda.now };
}

const queryPacket = (server: Ip, sourcePort: number): Packet & { readonly source: Ip } => ({
  source: UNSPECIFIED, // the stack chooses it by the route
  destination: server,
  protocol: 'udp',
  sourcePort,
  destinationPort: 53,
  tcp: null,
  icmp: null,
  size: QUERY_BYTES,
  df: false,
  ttl: 64,
  mark: 0,
});

const UNSPECIFIED = '0.0.0.0' as Ip;
