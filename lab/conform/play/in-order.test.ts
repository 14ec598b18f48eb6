import assert from 'node:assert/strict';
import test from 'node:test';
import { datagram } from '../judge/built-sighting.ts';
import type { ModelAnswer, ModelConnection, ModelOutcome, ModelWalk } from '../stage/model.ts';
import type { Told } from './ask.ts';
import { modelKey, modelReply } from './connections.ts';
import { askInOrder } from './in-order.ts';

/** A sender whose packets from port 1 and 2 leave as one address: the first keeps port 1, whoever is first. */
const connection = (sport: number, keeps: number): ModelConnection => ({
  namespace: 'r',
  original: { source: '10.1.0.2', destination: '10.2.0.2', protocol: 'udp', sport, dport: 53, ttl: 63, mark: 0 },
  reply: { source: '10.2.0.2', destination: '10.2.0.1', sourcePort: 53, destinationPort: keeps },
  seenReply: false,
  drawn: false,
  mark: 0,
});

const outcome = (connections: readonly ModelConnection[]): ModelOutcome => ({ probability: 1, walks: [], connections });

/** What is asked for: which packet, and after which. */
type Line = {
  readonly id: string;
  readonly packet: { readonly sport: number; readonly ttl: number };
  readonly after?: readonly { readonly id: string; readonly outcome?: number }[];
};

const isLine = (line: object): line is Line => 'packet' in line && 'id' in line;

/** A model that remembers which connections each of its answers left, gives the second another port, and tells what is new. */
function remembering() {
  const left = new Map<string, readonly ModelConnection[]>();
  const asked: string[] = [];
  const answer = (line: object): ModelAnswer => {
    if (!isLine(line)) return { error: 'not a packet' };
    const before = left.get(line.after?.[0]?.id ?? '') ?? [];
    const now = [...before, connection(line.packet.sport, before.length === 0 ? 1 : 1024)];
    left.set(line.id, now);
    asked.push(`${line.packet.sport} after ${before.map(({ original }) => original.sport).join() || 'nothing'}`);
    return { outcomes: [outcome(now.slice(-1))], complete: true };
  };
  return { asked, ask: async (lines: readonly object[]) => lines.map(answer) };
}

const spoken = (id: number, sport: number): Told => {
  const packet = { from: 'a', through: 'raw', source: '10.1.0.2', destination: '10.2.0.2', protocol: 'udp', sport, dport: 53 } as const;
  const sent = [{ id, packet, seen: [], refused: undefined, during: [0, 1], at: 0, conversation: id }] as const;
  const stage = { name: (name: string) => name };
  const scene = { layout: { namespaces: [] } };
  return {
    spoken: { staged: { scene, stage }, conversation: { steps: [] }, sent, read: 0 } as unknown as Told['spoken'],
    judged: [],
    skipped: 0,
  };
};

test('each conversation is asked about after all packets that were sent before, and owns what it made', async () => {
  const model = remembering();
  const told = await askInOrder(model, [spoken(1, 1), spoken(2, 2)], new Map());
  assert.deepEqual(model.asked, ['1 after nothing', '2 after 1']);
  assert.deepEqual(
    told.map(({ left }) => left?.map((all) => all.map(({ reply }) => reply.destinationPort))),
    [[[1]], [[1024]]],
  );
  assert.deepEqual(
    told.map(({ judged }) => judged.map(({ is }) => is)),
    [['same'], ['same']],
  );
});

test('of more that may have come than are followed, those are that left what the kernel tracks', async () => {
  const ports = Array.from({ length: 8 }, (_, at) => at + 1);
  // a rule that dice decide gave each another port or not, and nobody saw which
  const ask = async (lines: readonly object[]): Promise<readonly ModelAnswer[]> =>
    lines.map((line) => {
      if (!isLine(line)) return { error: 'not a packet' };
      const { sport } = line.packet;
      return { outcomes: [outcome([connection(sport, sport)]), outcome([connection(sport, 1000 + sport)])], complete: true };
    });
  const table = new Map(
    ports.map((port) => [modelKey(connection(port, 0)), { reply: modelReply(connection(port, 1000 + port)), unreplied: true, mark: 0 }]),
  );
  const told = await askInOrder(
    { ask },
    ports.map((port) => spoken(port, port)),
    new Map([['r', table]]),
  );
  assert.deepEqual(
    told.map(({ left }) => left?.[0]?.map(({ reply }) => reply.destinationPort)),
    ports.map((port) => [1000 + port]),
  );
});

/** Seed k1, scene route:k1.831+talk+aim: dice before a hashlimit decided who took its tokens; its next rule counted 38, of the twelve that were followed two. */
test('what tracks the same is one, and asked about together: which of it came nobody saw', async () => {
  const asked: unknown[] = [];
  const ask = async (lines: readonly object[]): Promise<readonly ModelAnswer[]> =>
    lines.map((line) => {
      if (!isLine(line)) return { error: 'not a packet' };
      asked.push(line.after);
      return { outcomes: [outcome([]), outcome([connection(line.packet.sport, 1)]), outcome([])], complete: true };
    });
  await askInOrder({ ask }, [spoken(1, 1), spoken(2, 2)], new Map());
  const id = 'in order 1.0';
  assert.deepEqual(asked, [
    undefined,
    [
      { id, outcome: 0 },
      { id, outcome: 2 },
    ],
    [{ id, outcome: 1 }],
  ]);
});

/** A packet that got to its end, where others were dropped. */
const passing = (told: Told): Told => {
  const [sent] = told.spoken.sent;
  const { header } = datagram('10.1.0.2', '10.2.0.2');
  const seen = [{ in: 'a', device: 'e0', how: 'out', header }] as const;
  return { ...told, spoken: { ...told.spoken, sent: sent === undefined ? [] : [{ ...sent, seen }] } };
};

/** From this port, or with so many hops, come those of which the model does not know the end. */
const UNKNOWN = 9;

/** A model of a rule that drops whoever takes one of so many tokens; of those whose end it does not know each took one of these numbers. */
function limited(tokens: number, took: readonly number[] = [1]) {
  const { told } = datagram('10.1.0.2', '10.2.0.2');
  const ended = { packet: told, received: told, at: ['a', 'e0'], code: '', says: '', counted: [], mayCount: [] } as const;
  const passed: ModelWalk = { ...ended, disposition: 'dropped', path: [['a', null, 'e0', told]] };
  const lost: ModelWalk = { ...ended, disposition: 'unknown', path: [] };
  const left = new Map<string, readonly number[]>();
  const answer = (line: object): ModelAnswer => {
    if (!isLine(line)) return { error: 'not a packet' };
    const before = line.after?.map(({ id, outcome: at = 0 }) => left.get(id)?.[at] ?? Number.NaN) ?? [tokens];
    const isLost = line.packet.sport === UNKNOWN || line.packet.ttl === UNKNOWN;
    const ways = [...new Set(before)].flatMap((there) => (isLost ? took : [there > 0 ? 1 : 0]).map((takes) => ({ there, takes })));
    left.set(
      line.id,
      ways.map(({ there, takes }) => there - takes),
    );
    const outcomes = ways.map(({ takes }) => ({
      ...outcome([]),
      probability: isLost && took.length > 1 ? null : 1 / ways.length,
      walks: isLost ? [lost] : takes > 0 ? [] : [passed],
    }));
    return { outcomes, complete: true };
  };
  return { ask: async (lines: readonly object[]) => lines.map(answer) };
}

const judgedBy = async (packets: readonly Told[], model: Parameters<typeof askInOrder>[0]): Promise<readonly string[]> =>
  (await askInOrder(model, packets, new Map())).flatMap(({ judged }) => judged.map(({ is }) => is));

/** Seed n2, scene filter:n2.99+talk: what a TPROXY behind a hashlimit did with four packets was not known, and the tokens that they took were forgotten. */
test('what is not known to its end has taken what it took before, and who comes then is judged by what is left', async () => {
  const packets = [spoken(1, 1), spoken(2, UNKNOWN), passing(spoken(3, 3))];
  assert.deepEqual(await judgedBy(packets, limited(2)), ['same', 'unknown', 'same']);
  // a model with a token too many, and one by which it took none, are caught
  assert.deepEqual(await judgedBy(packets, limited(3)), ['same', 'unknown', 'other']);
  assert.deepEqual(await judgedBy(packets, limited(2, [0])), ['same', 'unknown', 'other']);
});

/** Scene nft:s15.880: 41 out of a namespace was not known to its end; translated, it was in the way of 41 into it, which was dropped when it was to be kept. */
test('what one without ports left that nobody knows may be in the way of another of its protocol', async () => {
  const of = (protocol: 'gre' | 'udp', told: Told, ttl = 64): Told => {
    const [sent] = told.spoken.sent;
    return {
      ...told,
      spoken: { ...told.spoken, sent: sent === undefined ? [] : [{ ...sent, packet: { ...sent.packet, protocol, ttl } }] },
    };
  };
  const judged = (first: 'gre' | 'udp', then: 'gre' | 'udp') =>
    judgedBy([of(first, spoken(1, 1), UNKNOWN), of(then, passing(spoken(2, 2)))], limited(5));
  assert.deepEqual(await judged('gre', 'gre'), ['unknown', 'unknown']);
  assert.deepEqual(await judged('gre', 'udp'), ['unknown', 'other']);
  assert.deepEqual(await judged('udp', 'udp'), ['unknown', 'other']);
});

test('that it took a token and that it took none both may have come, until others show which', async () => {
  const model = () => limited(1, [0, 1]);
  const [lost, next] = [spoken(1, UNKNOWN), spoken(2, 2)];
  assert.deepEqual(await judgedBy([lost, next], model()), ['unknown', 'same']);
  assert.deepEqual(await judgedBy([lost, passing(next)], model()), ['unknown', 'same']);
  // on either way no token is left now
  assert.deepEqual(await judgedBy([lost, next, spoken(3, 3)], model()), ['unknown', 'same', 'other']);
  assert.deepEqual(await judgedBy([lost, passing(next), spoken(3, 3)], model()), ['unknown', 'same', 'other']);
});

test('of more than are followed that left the same connections none is forgotten', async () => {
  const many = Array.from({ length: 20 }, (_, at) => spoken(at + 1, UNKNOWN));
  const last = async (tokens: number, packet: Told) => (await judgedBy([...many, packet], limited(tokens, [0, 1]))).at(-1);
  assert.deepEqual([await last(20, spoken(30, 1)), await last(20, passing(spoken(30, 1)))], ['same', 'same']);
  assert.deepEqual([await last(21, spoken(30, 1)), await last(21, passing(spoken(30, 1)))], ['same', 'other']);
});

/** Seed s2, scene services:s2.336+talk: of 950 packets each was asked about after some fifty that may have come before, for five minutes. */
test('what took too long to ask about in order is not known, each of its packets, and says so', async () => {
  const [first, second] = [spoken(1, 1), spoken(2, 2)];
  const [sent] = second.spoken.sent;
  const twice: Told = { ...second, spoken: { ...second.spoken, sent: sent === undefined ? [] : [sent, { ...sent, id: 3 }] } };
  const model = remembering();
  const told = await askInOrder(model, [first, twice], new Map(), () => model.asked.length > 0);
  assert.deepEqual(model.asked, ['1 after nothing']);
  assert.deepEqual(
    told.map(({ judged, skipped, tooLong }) => [judged.map(({ is }) => is), skipped, tooLong]),
    [
      [['same'], 0, undefined],
      [['unknown'], 2, true],
    ],
  );
});
