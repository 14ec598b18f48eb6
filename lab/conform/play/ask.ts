import type { Packet } from '../draw/packet.ts';
import { differences, isUnknown } from '../judge/compare.ts';
import { bytesOf } from '../stage/bytes.ts';
import { type Model, type ModelAnswer, type ModelOutcome, NODE } from '../stage/model.ts';
import type { Sent, Spoken } from './rounds.ts';

/** One packet with what the model says of it. */
export type Judged = {
  readonly sent: Sent;
  /** The outcome that is what happened, or the likeliest one; none where the model failed or does not know. */
  readonly outcome: ModelOutcome | undefined;
  readonly answer: ModelAnswer;
  /** All outcomes that look like what happened: which of them it was, nobody saw. */
  readonly matching: readonly ModelOutcome[];
  readonly is: 'same' | 'other' | 'unknown';
  readonly differs: readonly string[];
};

/** A conversation with the model's answers, up to the first packet of which it does not know the outcome. */
export type Told = { readonly spoken: Spoken; readonly judged: readonly Judged[]; readonly skipped: number };

type Telling = {
  readonly spoken: Spoken;
  readonly judged: Judged[];
  skipped: number;
  after: { readonly id: number; readonly outcome: number } | null;
};

/** Asks the model about everything that was sent, in the same rounds. */
export async function ask(model: Model, conversations: readonly Spoken[]): Promise<readonly Told[]> {
  const all: Telling[] = conversations.map((spoken) => ({ spoken, judged: [], skipped: 0, after: null }));
  const longest = Math.max(0, ...all.map(({ spoken }) => spoken.sent.length));
  for (let step = 0; step < longest; step++) {
    const turns = all.flatMap((telling) => {
      const sent = telling.spoken.sent[step];
      return sent === undefined ? [] : [{ telling, sent }];
    });
    const known = turns.filter(({ telling }) => telling.skipped === 0);
    for (const { telling } of turns) if (telling.skipped > 0) telling.skipped += 1;
    const answers = await model.ask(known.map(({ telling, sent }) => lineOf(telling, sent)));
    for (const [at, { telling, sent }] of known.entries()) judgeOne(telling, sent, answers[at]);
  }
  return all;
}

function judgeOne(telling: Telling, sent: Sent, answer: ModelAnswer = { error: 'no answer' }): void {
  const judged = judge(sent, answer);
  telling.judged.push(judged);
  if (judged.is === 'unknown' || judged.outcome === undefined || 'error' in answer) telling.skipped = 1;
  else telling.after = { id: sent.id, outcome: answer.outcomes.indexOf(judged.outcome) };
}

function judge(sent: Sent, answer: ModelAnswer): Judged {
  if ('error' in answer)
    return { sent, answer, outcome: undefined, matching: [], is: 'other', differs: [`the model's command line refuses: ${answer.error}`] };
  const tried = answer.outcomes.map((outcome) => ({ outcome, differs: differences(outcome, sent.seen) }));
  const matching = tried.filter(({ outcome, differs }) => differs.length === 0 && !isUnknown(outcome)).map(({ outcome }) => outcome);
  const [same] = matching;
  if (same !== undefined) return { sent, answer, outcome: same, matching, is: 'same', differs: [] };
  if (answer.complete !== true || answer.outcomes.some(isUnknown))
    return { sent, answer, outcome: undefined, matching, is: 'unknown', differs: [] };
  const likeliest = tried.toSorted((one, other) => (other.outcome.probability ?? 0) - (one.outcome.probability ?? 0))[0];
  return { sent, answer, outcome: likeliest?.outcome, matching, is: 'other', differs: likeliest?.differs ?? ['the model has no outcome'] };
}

function lineOf({ spoken, after }: Telling, { id, packet }: Sent): object {
  const { device, ether } = packet;
  return {
    id,
    from: `${NODE}/${spoken.staged.stage.name(packet.from)}`,
    packet: headersOf(packet, bytesOf(packet, id).length),
    ...(packet.through === 'frame' ? { frame: { device, ...ether } } : {}),
    ...(after === null ? {} : { after }),
  };
}

function headersOf(packet: Packet, size: number): object {
  const { source, destination, protocol, sport, dport, flags, icmp, about, ttl = 64, mark = 0, df = false, tos } = packet;
  const inner = about === undefined ? {} : { inner: headersOf(about, bytesOf(about, 1).length) };
  return {
    source,
    destination,
    protocol,
    ...(icmp === undefined ? { sport, dport } : { icmp: { ...icmp, ...inner } }),
    ...(protocol === 'tcp' ? { flags: flags ?? 'S' } : {}),
    size,
    df,
    ttl,
    mark,
    ...(tos === undefined ? {} : { tos }),
  };
}
