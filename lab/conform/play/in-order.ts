import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { isPortless } from '../draw/packet.ts';
import { endsUnknown } from '../judge/compare.ts';
import type { Model, ModelConnection, ModelOutcome } from '../stage/model.ts';
import { answered, type Answered, differencesFrom, isLearnt, type Judged, judge, type Told, together } from './ask.ts';
import { modelKey, shown, type Table } from './connections.ts';
import { type After, alike, type Left } from './left.ts';
import type { Sent, Spoken } from './rounds.ts';

/** A packet's turn: of which conversation it is, and its place there. */
type Turn = { readonly of: number; readonly step: number; readonly spoken: Spoken; readonly sent: Sent };

/** Connections by where they are tracked, and their original tuple. */
type Connections = ReadonlyMap<string, ModelConnection>;

/**
 * What may have come of all packets so far: outcomes that track the same, or nothing yet; `right` is how well its connections are what
 * the kernel tracks in the end, `changes` what those who track the same have in common: all that was changed so far.
 */
type Maybe = {
  readonly after: readonly After[] | null;
  readonly connections: Connections;
  readonly right: number;
  readonly changes: string;
};

/** The kernel's tables in the end, by namespace. */
type Tables = ReadonlyMap<string, Table>;

/** Of what may have come no more is followed, those first that left what the kernel tracks: a conversation that then fits none was right alone, or is told. */
const MAYBES = 12;

/**
 * Asks about a scene's conversations as they were really sent, packet by packet, each after all those before it. It is what
 * happened, and `ask` is not: there each conversation is alone, which is told faster, and lets several things that may have come
 * of one not be multiplied with those of another. Once `isOver`, the packets that were not asked about yet are not known.
 */
export async function askInOrder(
  model: Pick<Model, 'ask'>,
  told: readonly Told[],
  tables: Tables,
  isOver: () => boolean = () => false,
): Promise<readonly Told[]> {
  const judged: Judged[][] = told.map(() => []);
  /** Who changed a connection last: it is asked for once. */
  const owners = new Map<string, number>();
  const unknown = new Set<number>();
  const doubtful = new Set<number>();
  /** Protocols without ports of which one left nobody knows what: it may be in the way of all others. */
  const untold = new Set<string>();
  const skipped = told.map(() => 0);
  let maybes: readonly Maybe[] = [{ after: null, connections: new Map(), right: 0, changes: '' }];
  const tooLong = new Set<number>();
  for (const { of, spoken, sent } of turnsOf(told)) {
    if (tooLong.size > 0 || isOver()) {
      if (!unknown.has(of)) judged[of]?.push(unasked(sent));
      unknown.add(of);
      tooLong.add(of);
      skipped[of] = (skipped[of] ?? 0) + 1;
      continue;
    }
    const questions = maybes.map(({ after }, at) => ({ spoken, sent, after, id: `in order ${sent.id}.${at}`, changes: true as const }));
    const asked = await answered(model, questions);
    // what its own conversation left is not known, but what others did is
    if (unknown.has(of)) {
      skipped[of] = (skipped[of] ?? 0) + 1;
      maybes = mayHaveCome(asked, sent, maybes, tables);
      continue;
    }
    const one = judge(sent, together(asked.map(({ answer }) => answer)), doubtful.has(of) || untold.has(kindOf(sent)));
    judged[of]?.push(one);
    if (one.doubtful.length > 0) doubtful.add(of);
    if (one.is === 'unknown' && !isLearnt(one)) {
      unknown.add(of);
      skipped[of] = 1; // what counted it is not known either
      if (isPortless(sent.packet.protocol)) untold.add(kindOf(sent));
      maybes = mayHaveCome(asked, sent, maybes, tables);
      continue;
    }
    const came = maybes.flatMap((its, at) => cameOf(asked[at], ({ outcome }) => isWhatCame(one, outcome), its, tables));
    for (const { changed } of came) for (const key of changed) owners.set(key, of);
    if (came.length > 0) maybes = few(came);
  }
  return told.map(({ spoken }, of) => ({
    spoken,
    judged: judged[of] ?? [],
    skipped: skipped[of] ?? 0,
    ...(tooLong.has(of) ? { tooLong: true as const } : {}),
    left: maybes.map(({ connections }) => [...connections].flatMap(([key, one]) => (owners.get(key) === of ? [one] : []))),
  }));
}

const kindOf = ({ packet: { protocol, source } }: Sent): string => `${protocol} of IPv${isIPv4(source) ? 4 : 6}`;

/** A packet that nobody asked about any more. */
const unasked = (sent: Sent): Judged => ({
  sent,
  answer: { error: 'asked about no more' },
  outcome: undefined,
  matching: [],
  doubtful: [],
  is: 'unknown',
  differs: [],
});

/** All packets in the order in which they were sent: in each round one of each conversation. */
function turnsOf(told: readonly Told[]): readonly Turn[] {
  const all = told.flatMap(({ spoken }, of) =>
    spoken.sent.flatMap((sent, step) => (sent === undefined ? [] : [{ of, step, spoken, sent }])),
  );
  return all.toSorted((one, other) => one.step - other.step || one.of - other.of);
}

type Came = Maybe & { readonly changed: readonly string[] };

const isWhatCame = ({ matching, outcome: likeliest }: Judged, outcome: ModelOutcome): boolean =>
  matching.includes(outcome) || likeliest === outcome;

/**
 * What may have come of a packet after one of what may have come before, and the connections that it made or changed. What left the
 * same connections is asked about together from then on: the model knows what may be left of all that is rationed.
 */
function cameOf(asked: Answered | undefined, isIt: (left: Left) => boolean, before: Maybe, tables: Tables): readonly Came[] {
  if (asked === undefined || 'error' in asked.answer) return [];
  const left = asked.answer.outcomes.map((outcome, at): Left => ({ outcome, after: { id: asked.id, outcome: at } })).filter(isIt);
  return alike(left).flatMap((all) => {
    const [first] = all;
    return first === undefined ? [] : [{ ...changedBy(before, first.outcome, tables), after: all.map(({ after }) => after) }];
  });
}

/**
 * What may have come of a packet of which the model does not know the outcome, or of one that follows it in its conversation: what the
 * walk did until it was not known any more (a token that it took is taken: net/netfilter/xt_hashlimit.c hashlimit_mt_common asks no
 * rule behind it), and of outcomes that are known those that look like what happened. Where there is none nothing is known of it.
 */
function mayHaveCome(asked: readonly Answered[], sent: Sent, before: readonly Maybe[], tables: Tables): readonly Maybe[] {
  const may = ({ outcome }: Left): boolean => endsUnknown(outcome) || differencesFrom(sent, outcome).length === 0;
  return few(
    before.flatMap((its, at): readonly Maybe[] => {
      const came = cameOf(asked[at], may, its, tables);
      return came.length > 0 ? came : [its];
    }),
  );
}

/** Of too many those that track the same become one, of which the model knows less; then those are followed that are right. */
const few = (all: readonly Maybe[]): readonly Maybe[] =>
  (all.length > MAYBES ? joined(all) : all).toSorted((some, other) => other.right - some.right).slice(0, MAYBES);

const joined = (all: readonly Maybe[]): readonly Maybe[] =>
  [...Map.groupBy(all, ({ changes }) => changes).values()].flatMap((group) => {
    const [first] = group;
    const after = group.flatMap((one) => one.after ?? []);
    return first === undefined ? [] : [{ ...first, after: after.length === 0 ? null : after }];
  });

/** What is tracked after an outcome that tells its changes, and which of it is new or another. */
function changedBy(before: Maybe, { connections: changed, gone = [] }: ModelOutcome, tables: Tables): Omit<Came, 'after'> {
  if (changed.length + gone.length === 0) return { ...before, changed: [] };
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
  const changes = createHash('sha1')
    .update(`${before.changes} ${JSON.stringify([changed, gone])}`)
    .digest('base64');
  return { connections, right, changes, changed: changed.map(keyOf) };
}

const worth = (tables: Tables, one: ModelConnection): number => shown(tables.get(one.namespace), one) - 1;

const keyOf = (connection: ModelConnection): string => `${connection.namespace} ${modelKey(connection)}`;
