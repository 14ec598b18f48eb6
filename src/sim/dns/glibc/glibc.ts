import { Agenda } from '#sim/clock/agenda';
import type { Chooser } from '#sim/clock/choice';
import type { LookupResult, Question } from '../lookup.ts';
import { type GlibcOptions, glibcOptions, waitSeconds } from './options.ts';
import { type Answered, Socket } from './socket.ts';

/** How a server is asked for both families (res_send.c): at once, one after the other, each from a socket of its own. */
type Mode = 'both' | 'single' | 'reopen';

/**
 * getaddrinfo of glibc for a name with a trailing dot (resolv/res_send.c, `__res_context_send`): A and AAAA leave together from
 * one connected socket per server, which every retry keeps: so one source port, and one backend behind a ClusterIP. An ICMP error
 * ends the wait for that server at once; of two questions only one answered, the server is asked again one by one.
 */
export function glibcLookup(question: Question, chooser: Chooser): LookupResult {
  const options = glibcOptions(question.resolvConf);
  const agenda = new Agenda();
  const socket = new Socket(question, chooser);
  let ended: Pick<LookupResult, 'result' | 'afterMs'> = { result: 'unknown', afterMs: 0 };
  const ask = (turn: number, mode: Mode): void => {
    const next = askServer(options, socket, agenda.now, turn, mode);
    agenda.after(next.after, () => {
      if (next.does === 'end') ended = { result: next.result, afterMs: agenda.now };
      else ask(next.turn, next.mode);
    });
  };
  ask(0, firstMode(options));
  agenda.run();
  return { queries: socket.queries, ...ended };
}

/** What follows one server's turn, and after how many milliseconds. */
type Next =
  | { readonly does: 'end'; readonly after: number; readonly result: LookupResult['result'] }
  | { readonly does: 'ask'; readonly after: number; readonly turn: number; readonly mode: Mode };

const end = (result: LookupResult['result'], after = 0): Next => ({ does: 'end', after, result });
const firstMode = ({ singleRequest, singleRequestReopen }: GlibcOptions): Mode =>
  singleRequestReopen ? 'reopen' : singleRequest ? 'single' : 'both';

/** One turn: `try` for `try`, each server of the list (send_dg). */
function askServer(options: GlibcOptions, socket: Socket, now: number, turn: number, mode: Mode): Next {
  const index = turn % options.nameservers.length;
  const server = options.nameservers[index];
  if (server === undefined || turn >= options.attempts * options.nameservers.length) return end('EAI_AGAIN');
  const wait = waitSeconds(options, index) * 1000;
  const on = (after: number): Next => ({ does: 'ask', after, turn: turn + 1, mode });
  const again = (other: Mode): Next => ({ does: 'ask', after: wait, turn, mode: other });

  const a = socket.ask('A', server, index, { at: now, reopen: false });
  const alone = afterFirst(a, wait, on);
  if (alone !== undefined && (mode !== 'both' || a.kind !== 'silence')) return alone;
  const aaaa = socket.ask('AAAA', server, index, { at: mode === 'both' ? now : now + a.after, reopen: mode === 'reopen' });
  const failed = afterFirst(aaaa, wait, on);
  if (failed !== undefined && aaaa.kind !== 'silence') return failed;
  if (a.kind === 'answer' && aaaa.kind === 'answer') return end('answer', Math.max(a.after, aaaa.after));
  if (a.kind === 'silence' && aaaa.kind === 'silence') return on(wait);
  // One answer of two: asked again one by one, then from a new socket, then the one answer must do.
  if (mode === 'reopen') return end('answer', wait);
  return again(mode === 'both' ? 'single' : 'reopen');
}

/** What follows a query that was not answered. */
function afterFirst({ kind, after }: Answered, wait: number, on: (after: number) => Next): Next | undefined {
  if (kind === 'unknown') return end('unknown');
  if (kind === 'error') return on(Math.min(after, wait));
  return kind === 'silence' ? on(wait) : undefined;
}
