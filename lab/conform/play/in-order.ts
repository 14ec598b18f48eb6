import type { Model, ModelConnection, ModelOutcome } from '../stage/model.ts';
import { type After, answered, type Answered, type Judged, judge, type Told, together } from './ask.ts';
import { modelKey, shown, type Table } from './connections.ts';
import type { Sent, Spoken } from './rounds.ts';

/** A packet's turn: of which conversation it is, and its place there. */
type Turn = { readonly of: number; readonly step: number; readonly spoken: Spoken; readonly sent: Sent };

/** Connections by where they are tracked, and their original tuple. */
type Connections = ReadonlyMap<string, ModelConnection>;

/**
 * What may have come of all packets so far: outcomes of an answer that track the same, or nothing yet; `right` is how well its
 * connections are what the kernel tracks in the end.
 */
type Maybe = { readonly after: readonly After[] | null; readonly connections: Connections; readonly right: number };

/** The kernel's tables in the end, by namespace. */
type Tables = ReadonlyMap<string, Table>;

/** Of what may have come no more is followed, those first that left what the kernel tracks: a conversation that then fits none was right alone, or is told. */
const MAYBES = 12;

/**
 * Asks about a scene's conversations as they were really sent, packet by packet, each after all those before it. It is what
 * happened, and `ask` is not: there each conversation is alone, which is told faster, and lets several things that may have come
 * of one not be multiplied with those of another.
 */
export async function askInOrder(model: Pick<Model, 'ask'>, told: readonly Told[], tables: Tables): Promise<readonly Told[]> {
  const judged: Judged[][] = told.map(() => []);
  /** Who changed a connection last: it is asked for once. */
  const owners = new Map<string, number>();
  const unknown = new Set<number>();
  const doubtful = new Set<number>();
  const skipped = told.map(() => 0);
  let maybes: readonly Maybe[] = [{ after: null, connections: new Map(), right: 0 }];
  for (const { of, spoken, sent } of turnsOf(told)) {
    if (unknown.has(of)) {
      skipped[of] = (skipped[of] ?? 0) + 1;
      continue;
    }
    const questions = maybes.map(({ after }, at) => ({ spoken, sent, after, id: `in order ${sent.id}.${at}`, changes: true as const }));
    const asked = await answered(model, questions);
    const one = judge(sent, together(asked.map(({ answer }) => answer)), doubtful.has(of));
    judged[of]?.push(one);
    if (one.is === 'unknown') {
      unknown.add(of);
      skipped[of] = 1; // what counted it is not known either
    }
    if (one.doubtful.length > 0) doubtful.add(of);
    const came = one.is === 'unknown' ? [] : cameOf(asked, one, maybes, tables);
    for (const { changed } of came) for (const key of changed) owners.set(key, of);
    if (came.length > 0) maybes = came;
  }
  return told.map(({ spoken }, of) => ({
    spoken,
    judged: judged[of] ?? [],
    skipped: skipped[of] ?? 0,
    left: maybes.map(({ connections }) => [...connections].flatMap(([key, one]) => (owners.get(key) === of ? [one] : []))),
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

/**
 * What may have come of a packet, after each of what may have come before, and the connections that it made or changed. What left the
 * same connections is asked about together from then on: the model knows what may be left of all that is rationed.
 */
function cameOf(asked: readonly Answered[], one: Judged, before: readonly Maybe[], tables: Tables): readonly Came[] {
  const fits = (outcome: ModelOutcome): boolean => one.matching.includes(outcome) || one.outcome === outcome;
  const came = asked.flatMap(({ id, answer }, at) => {
    const its = before[at];
    if ('error' in answer || its === undefined) return [];
    const fitting = answer.outcomes.flatMap((outcome, number) => (fits(outcome) ? [{ outcome, after: { id, outcome: number } }] : []));
    const alike = Map.groupBy(fitting, ({ outcome: { connections, gone } }) => JSON.stringify([connections, gone]));
    return [...alike.values()].flatMap((all) => {
      const [first] = all;
      return first === undefined ? [] : [{ after: all.map(({ after }) => after), ...changedBy(its, first.outcome, tables) }];
    });
  });
  return came.toSorted((some, other) => other.right - some.right).slice(0, MAYBES);
}

/** What is tracked after an outcome that tells its changes, and which of it is new or another. */
function changedBy(before: Maybe, { connections: changed, gone = [] }: ModelOutcome, tables: Tables): Omit<Came, 'after'> {
  const connections = new Map(before.connections);
  let { right } = before;
  const leave = (key: string, now: ModelConnection | undefined): void => {
    const was = connections.get(key);
    right += (now === undefined ? 0 : worth(tables, now)) - (was === undefined ? 0 : worth(tables, was));
    if (now === undefined) connections.delete(key);
    else connections.set(key, now);
  };
  for (const one of gone) leave(keyOf(one), undefined);
  for (const one of changed) leave(keyOf(one), one);
  return { connections, right, changed: changed.map(keyOf) };
}

const worth = (tables: Tables, one: ModelConnection): number => shown(tables.get(one.namespace), one) - 1;

const keyOf = (connection: ModelConnection): string => `${connection.namespace} ${modelKey(connection)}`;
