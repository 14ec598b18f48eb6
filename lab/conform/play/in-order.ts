import type { Model, ModelConnection, ModelOutcome } from '../stage/model.ts';
import { type After, answered, type Answered, type Judged, judge, type Told, together } from './ask.ts';
import { modelKey } from './connections.ts';
import type { Sent, Spoken } from './rounds.ts';

/** A packet's turn: of which conversation it is, and its place there. */
type Turn = { readonly of: number; readonly step: number; readonly spoken: Spoken; readonly sent: Sent };

/** What may have come of all packets so far: an answer's outcome, or nothing yet. */
type Maybe = { readonly after: After | null; readonly connections: readonly ModelConnection[] };

/** Of what may have come no more is followed: a conversation that then fits none was right alone, or is told. */
const MAYBES = 12;

/**
 * Asks about a scene's conversations as they were really sent, packet by packet, each after all those before it. It is what
 * happened, and `ask` is not: there each conversation is alone, which is told faster, and lets several things that may have come
 * of one not be multiplied with those of another.
 */
export async function askInOrder(model: Pick<Model, 'ask'>, told: readonly Told[]): Promise<readonly Told[]> {
  const judged: Judged[][] = told.map(() => []);
  const own = told.map(() => new Set<string>());
  const unknown = new Set<number>();
  const doubtful = new Set<number>();
  const skipped = told.map(() => 0);
  let maybes: readonly Maybe[] = [{ after: null, connections: [] }];
  for (const { of, spoken, sent } of turnsOf(told)) {
    if (unknown.has(of)) {
      skipped[of] = (skipped[of] ?? 0) + 1;
      continue;
    }
    const questions = maybes.map(({ after }, at) => ({ spoken, sent, after, id: `in order ${sent.id}.${at}` }));
    const asked = await answered(model, questions);
    const one = judge(sent, together(asked.map(({ answer }) => answer)), doubtful.has(of));
    judged[of]?.push(one);
    if (one.is === 'unknown') {
      unknown.add(of);
      skipped[of] = 1; // what counted it is not known either
    }
    if (one.doubtful.length > 0) doubtful.add(of);
    const came = one.is === 'unknown' ? [] : cameOf(asked, one, maybes);
    for (const { changed } of came) for (const key of changed) own[of]?.add(key);
    if (came.length > 0) maybes = came;
  }
  return told.map(({ spoken }, of) => ({
    spoken,
    judged: judged[of] ?? [],
    skipped: skipped[of] ?? 0,
    left: maybes.map(({ connections }) => connections.filter((one) => own[of]?.has(keyOf(one)))),
  }));
}

/** All packets in the order in which they were sent: in each round one of each conversation. */
function turnsOf(told: readonly Told[]): readonly Turn[] {
  const all = told.flatMap(({ spoken }, of) =>
    spoken.sent.flatMap((sent, step) => (sent === undefined ? [] : [{ of, step, spoken, sent }])),
  );
  return all.toSorted((one, other) => one.step - other.step || one.of - other.of);
}

type Came = Maybe & { readonly changed: readonly string[] };

/** What may have come of a packet, after each of what may have come before, and the connections that it made or changed. */
function cameOf(asked: readonly Answered[], one: Judged, before: readonly Maybe[]): readonly Came[] {
  const fits = (outcome: ModelOutcome): boolean => one.matching.includes(outcome) || one.outcome === outcome;
  const came = asked.flatMap(({ id, answer }, at) => {
    const known = new Set(before[at]?.connections.map((connection) => JSON.stringify(connection)));
    return 'error' in answer
      ? []
      : answer.outcomes.flatMap((outcome, number) => {
          const { connections } = outcome;
          if (!fits(outcome)) return [];
          const changed = connections.filter((connection) => !known.has(JSON.stringify(connection))).map(keyOf);
          return [{ after: { id, outcome: number }, connections, changed }];
        });
  });
  return came.slice(0, MAYBES);
}

const keyOf = (connection: ModelConnection): string => `${connection.namespace} ${modelKey(connection)}`;
