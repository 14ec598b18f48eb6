import assert from 'node:assert/strict';
import test from 'node:test';
import { datagram } from '../judge/built-sighting.ts';
import type { ModelAnswer, ModelOutcome, ModelWalk } from '../stage/model.ts';
import { ask, isLearnt, judge, type Told, together, unknownIn } from './ask.ts';

const { told, header } = datagram('10.1.0.2', '10.2.0.2');
type Sent = NonNullable<Told['spoken']['sent'][number]>;

const ended = { packet: told, received: told, at: ['a', 'e0'], code: '', says: '', counted: [], mayCount: [] } as const;
const ways = {
  left: [{ ...ended, disposition: 'dropped', path: [['a', null, 'e0', told]] }],
  lost: [],
  open: [{ ...ended, disposition: 'unknown', path: [] }],
} as const satisfies Readonly<Record<string, readonly ModelWalk[]>>;

/** What may come of a packet, each by its way; the odds of none of them are known. */
const answer = (...all: readonly (keyof typeof ways)[]): ModelAnswer => ({
  outcomes: all.map((way): ModelOutcome => ({ probability: null, walks: ways[way], connections: [] })),
  complete: true,
});

const sentBy = (id: number, ...hows: readonly ('left' | 'other')[]): Sent => {
  const packet = {
    from: 'a',
    through: 'raw',
    source: told.source,
    destination: told.destination,
    protocol: 'udp',
    sport: 20_000,
    dport: 53,
  };
  const seen = hows.map((how) => ({ in: 'a', device: how === 'left' ? 'e0' : 'e1', how: 'out', header }));
  return { id, packet, seen, refused: undefined, during: [0, 1], at: 0, conversation: 1 } as unknown as Sent;
};

const judged = (sent: Sent, all: ModelAnswer, isDoubtful = false) => {
  const one = judge(sent, all, isDoubtful);
  return [one.is, one.matching.length, isLearnt(one)];
};

test('of outcomes that only have no odds that came which was seen: the packet is unknown, and it is known what follows', () => {
  assert.deepEqual(judged(sentBy(1, 'left'), answer('left', 'lost')), ['unknown', 1, true]);
  assert.deepEqual(judged(sentBy(1), answer('left', 'lost', 'lost')), ['unknown', 2, true]);
});

test('where all that can come look like what was seen, that is what the model says', () => {
  assert.deepEqual(judged(sentBy(1), answer('lost', 'lost')), ['same', 2, false]);
});

test('what is none of all that can come is another thing, also where nobody knows their odds', () => {
  assert.deepEqual(judged(sentBy(1, 'other'), answer('left', 'lost')), ['other', 0, false]);
});

test('where an end is not known, or not all were told, or something before was doubtful, it is not known', () => {
  for (const sent of [sentBy(1, 'left'), sentBy(1, 'other')]) {
    assert.deepEqual(judged(sent, answer('left', 'open')).slice(0, 1), ['unknown']);
    assert.deepEqual(judged(sent, { ...answer('left', 'lost'), complete: false }).slice(0, 1), ['unknown']);
    assert.deepEqual(judged(sent, answer('left', 'lost'), true).slice(0, 1), ['unknown']);
  }
  assert.equal(isLearnt(judge(sentBy(1, 'other'), answer('left', 'open'))), false);
});

/** What is asked of a conversation whose packets are answered so, and what came of it. */
async function asking(sent: readonly Sent[], answers: readonly ModelAnswer[]) {
  const [asked, left]: [unknown[], ModelAnswer[]] = [[], [...answers]];
  const model = {
    ask: async (lines: readonly object[]) =>
      lines.map((line) => {
        asked.push('after' in line ? line.after : null);
        return left.shift() ?? answer('open');
      }),
    open: async () => {},
  };
  const stage = { name: (name: string) => name };
  const spoken = { staged: { scene: { layout: { namespaces: [] } }, stage }, conversation: { steps: [] }, sent, read: 0 };
  const [one] = await ask(model as unknown as Parameters<typeof ask>[0], [spoken as unknown as Told['spoken']]);
  return { asked, one };
}

test('a conversation goes on after what it was seen to be, and counts what was unknown of it', async () => {
  const { asked, one } = await asking([sentBy(1), sentBy(2, 'left'), sentBy(3)], [answer('left', 'lost'), answer('left')]);
  assert.deepEqual(asked, [null, { id: '1.0', outcome: 1 }, { id: '2.0', outcome: 0 }]);
  assert.deepEqual([one?.judged.map(({ is }) => is), one?.skipped, one && unknownIn(one)], [['unknown', 'same', 'unknown'], 1, 2]);
});

/** So many ways to be lost, which left as many other connections as there are namespaces. */
const lostIn = (many: number, namespaces: number): ModelAnswer => ({
  outcomes: Array.from({ length: many }, (_, at): ModelOutcome => {
    const connections = [{ namespace: `${at % namespaces}` }] as unknown as ModelOutcome['connections'];
    return { probability: 1 / many, walks: [], connections };
  }),
  complete: true,
});

test('a conversation in which more than twelve may have come goes on where they left the same, else it says that they are too many', async () => {
  const same = await asking([sentBy(1), sentBy(2, 'left')], [lostIn(16, 1), answer('left')]);
  assert.deepEqual(same.asked, [null, Array.from({ length: 16 }, (_, outcome) => ({ id: '1.0', outcome }))]);
  assert.deepEqual([same.one?.skipped, same.one?.tooMany], [0, undefined]);
  const others = await asking([sentBy(1), sentBy(2, 'left')], [lostIn(16, 16), answer('left')]);
  assert.deepEqual([others.asked, others.one?.skipped, others.one?.tooMany], [[null], 2, true]);
});

test('what is told after different things is told with the doubts of all of them', () => {
  const of = (...doubts: readonly string[]): ModelAnswer => ({
    ...(answer('left') as Extract<ModelAnswer, { complete: boolean }>),
    doubts,
  });
  const both = together([of('which came first'), of('which came first', 'whose tag it was')]);
  assert.deepEqual('doubts' in both && both.doubts, ['which came first', 'whose tag it was']);
  assert.equal('doubts' in together([answer('left'), answer('lost')]), false);
});
