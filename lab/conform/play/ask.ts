import { isPortless, type Packet } from '../draw/packet.ts';
import { differences, endsUnknown } from '../judge/compare.ts';
import { endlessDifferences } from '../judge/endless.ts';
import { bytesOf, sequenceOf, windowOf } from '../stage/bytes.ts';
import { chunksOf } from '../stage/chunks.ts';
import { type Model, type ModelAnswer, type ModelConnection, type ModelOutcome, NODE } from '../stage/model.ts';
import { asSeenSealed } from './carriers.ts';
import { type After, followed } from './left.ts';
import type { Sent, Spoken } from './rounds.ts';

/** One packet with what the model says of it. */
export type Judged = {
  readonly sent: Sent;
  /** The outcome that is what happened, or the likeliest one; none where the model failed or does not know all that can come. */
  readonly outcome: ModelOutcome | undefined;
  readonly answer: ModelAnswer;
  /** All outcomes that look like what happened: which of them it was, nobody saw. */
  readonly matching: readonly ModelOutcome[];
  /** Those that look like what happened as far as the model knows them: it may have been one of these too. */
  readonly doubtful: readonly ModelOutcome[];
  readonly is: 'same' | 'other' | 'unknown';
  readonly differs: readonly string[];
};

/** A conversation with the model's answers, up to the first packet of which it does not know the outcome. */
export type Told = {
  readonly spoken: Spoken;
  readonly judged: readonly Judged[];
  readonly skipped: number;
  /** More may have come than is followed, so that what came after it was not asked about. */
  readonly tooMany?: true;
  /** To ask about all in order took too long, so that what was left of it was not asked about. */
  readonly tooLong?: true;
  /** The connections that it may have left, where other conversations' stand in the outcomes beside its own. */
  readonly left?: readonly (readonly ModelConnection[])[];
};

type Telling = {
  readonly spoken: Spoken;
  readonly judged: Judged[];
  skipped: number;
  isDoubtful: boolean;
  tooMany?: true;
  /** What may have come so far: nobody saw which. Nothing before the first packet. */
  after: readonly (After | readonly After[] | null)[];
};

/** Asks the model about everything that was sent, in the same rounds. */
export async function ask(model: Model, conversations: readonly Spoken[]): Promise<readonly Told[]> {
  const all: Telling[] = conversations.map((spoken) => ({ spoken, judged: [], skipped: 0, isDoubtful: false, after: [null] }));
  const longest = Math.max(0, ...all.map(({ spoken }) => spoken.sent.length));
  for (let step = 0; step < longest; step++) {
    const turns = all.flatMap((telling) => {
      const sent = telling.spoken.sent[step];
      return sent === undefined ? [] : [{ telling, sent }];
    });
    for (const { telling } of turns) if (telling.skipped > 0) telling.skipped += 1;
    const questions = turns.flatMap(({ telling, sent }) =>
      telling.skipped > 0
        ? []
        : telling.after.map((after, at) => ({
            telling,
            spoken: telling.spoken,
            sent,
            after,
            id: `${telling.spoken.instead?.name ?? ''}${sent.id}.${at}`,
          })),
    );
    for (const [telling, own] of Map.groupBy(await answered(model, questions), ({ telling: its }) => its)) judgeOne(telling, own);
  }
  return all;
}

/** One answer to a packet, and the question's number. */
export type Answered = Pick<Question, 'sent' | 'id'> & { readonly answer: ModelAnswer };

/** What the model answers to each question, as it can be seen. */
export async function answered<Q extends Question>(
  model: Pick<Model, 'ask'>,
  questions: readonly Q[],
): Promise<readonly (Q & { readonly answer: ModelAnswer })[]> {
  const answers = await model.ask(questions.map(lineOf));
  return questions.map((one, at) => ({ ...one, answer: asSeenSealed(answers[at] ?? { error: 'no answer' }, one.spoken.staged) }));
}

function judgeOne(telling: Telling, own: readonly Answered[]): void {
  const [first] = own;
  if (first === undefined) return;
  const answer = together(own.map((one) => one.answer));
  const judged = judge(first.sent, answer, telling.isDoubtful);
  telling.judged.push(judged);
  const came = own.flatMap(({ id, answer: one }) =>
    'error' in one
      ? []
      : one.outcomes.flatMap((outcome, at) =>
          judged.matching.includes(outcome) || judged.outcome === outcome ? [{ outcome, after: { id, outcome: at } }] : [],
        ),
  );
  telling.after = followed(came);
  if (telling.after.length === 0) telling.skipped = 1;
  if (telling.after.length < Math.min(1, came.length)) telling.tooMany = true;
  telling.isDoubtful ||= judged.doubtful.length > 0;
}

/** The answers to one packet after different things came before it. */
export function together(answers: readonly ModelAnswer[]): ModelAnswer {
  const [first = { error: 'no answer' }] = answers;
  if (answers.length === 1) return first;
  const told = answers.flatMap((one) => ('error' in one ? [] : [one]));
  if (told.length === 0) return first;
  const doubts = [...new Set(told.flatMap((one) => one.doubts ?? []))];
  return {
    outcomes: told.flatMap(({ outcomes }) => outcomes),
    complete: told.every(({ complete }) => complete),
    ...(doubts.length === 0 ? {} : { doubts }),
  };
}

/**
 * Whether any of the model's outcomes is what was seen; what follows on an end that the model may not know is not known where none is. Where
 * the model knows all that can come, each to its end, and only not how likely it is, one of them must be what was seen. That one is what
 * came: what follows is asked after it, and the packet counts as unknown unless all look like it.
 */
export function judge(sent: Sent, answer: ModelAnswer, isDoubtful = false): Judged {
  const none = { sent, answer, outcome: undefined, matching: [], doubtful: [] } as const;
  if ('error' in answer) return { ...none, is: 'other', differs: [`the model's command line refuses: ${answer.error}`] };
  const tried = answer.outcomes.map((outcome) => ({ outcome, differs: differencesFrom(sent, outcome) }));
  const fitting = tried.filter(({ differs }) => differs.length === 0).map(({ outcome }) => outcome);
  const matching = fitting.filter((outcome) => !endsUnknown(outcome));
  const [first] = matching;
  const same = matching.find(({ probability }) => probability !== null);
  if (same !== undefined) return { ...none, outcome: same, matching, doubtful: fitting.filter(endsUnknown), is: 'same', differs: [] };
  if (isDoubtful || answer.complete !== true || answer.outcomes.some(endsUnknown)) return { ...none, is: 'unknown', differs: [] };
  if (first !== undefined)
    return { ...none, outcome: first, matching, is: matching.length === tried.length ? 'same' : 'unknown', differs: [] };
  const likeliest = tried.toSorted((one, other) => (other.outcome.probability ?? 0) - (one.outcome.probability ?? 0))[0];
  return { ...none, outcome: likeliest?.outcome, is: 'other', differs: likeliest?.differs ?? ['the model has no outcome'] };
}

/** Whether the model knew all that could come of a packet, so that it is known which came, to whoever saw it. */
export const isLearnt = ({ is, matching }: Pick<Judged, 'is' | 'matching'>): boolean => is === 'unknown' && matching.length > 0;

/** How many packets of a conversation the model does not know, or was not asked about. */
export const unknownIn = ({ judged, skipped }: Pick<Told, 'judged' | 'skipped'>): number => skipped + judged.filter(isLearnt).length;

/** What of an outcome is not what was seen of the packet. */
export const differencesFrom = (sent: Sent, outcome: ModelOutcome): readonly string[] =>
  (sent.isEndless === true ? endlessDifferences : differences)(outcome, sent.seen);

type Question = {
  readonly spoken: Spoken;
  readonly sent: Sent;
  /** What came before: any of several where nobody saw which. */
  readonly after: After | readonly After[] | null;
  readonly id: string;
  /** Set where only those connections are to be told that the packet changed. */
  readonly changes?: true;
};

/** The line that asks about a packet. */
function lineOf({ spoken, sent: { id: number, packet, at }, after, id, changes }: Question): object {
  const { device, ether } = packet;
  return {
    id,
    at: Math.max(0, Math.round((at - spoken.read) / 1e6)),
    from: `${NODE}/${spoken.staged.stage.name(packet.from)}`,
    packet: headersOf(packet, number),
    ...(packet.through === 'frame'
      ? { frame: { device, ...ether } }
      : { owner: ROOT, socket: packet.through === 'socket' ? 'ordinary' : 'raw' }),
    ...(after === null ? {} : { after }),
    ...(spoken.cites === true ? { cites: true } : {}),
    ...(changes === undefined ? {} : { changes }),
    ...(spoken.instead === undefined ? {} : { instead: spoken.instead.lines }),
  };
}

/** All packets are sent by one program, the root of the lab's own user namespace. */
const ROOT = { uid: 0, gid: 0 };

function headersOf(packet: Packet, number: number): object {
  const { source, destination, protocol, sport, dport, flags, mss, icmp, about, ttl = 64, mark = 0, df = false, tos } = packet;
  const inner = about === undefined ? {} : { inner: headersOf(about, number) };
  return {
    source,
    destination,
    // as the kernel's modules call it
    protocol: protocol === 'ipencap' ? 'ipip' : protocol,
    ...(isPortless(protocol) ? {} : icmp === undefined ? { sport, dport } : { icmp: { ...icmp, ...inner } }),
    ...(protocol === 'tcp' ? { flags: flags ?? 'S', numbers: { ...sequenceOf(packet, number), window: windowOf(packet) } } : {}),
    ...(mss === undefined ? {} : { mss }),
    ...(protocol === 'sctp' ? { sctp: { tag: packet.tags?.carried ?? 0, chunks: chunksOf(packet, number) } } : {}),
    size: bytesOf(packet, number).length,
    df,
    ttl,
    mark,
    ...(tos === undefined ? {} : { tos }),
  };
}
