import assert from 'node:assert/strict';
import test from 'node:test';
import type { Judged, Told } from './ask.ts';
import { judgedTwice, scarceIn } from './twice.ts';

const asked = (is: Judged['is'], skipped = 0): Told => ({ spoken: { id: 1, sent: [] } as never, judged: [{ is } as Judged], skipped });
const rule = { rule: 'r', kernel: 2, model: 1, slack: 0, text: '-m limit' };

/** What was judged when each conversation is one of two, and counters are right only in some. */
async function twice(
  alone: readonly Told[],
  ordered: readonly Told[],
  isCounted: (told: readonly Told[]) => boolean,
): Promise<readonly Told[]> {
  const { told } = await judgedTwice(
    async () => ordered,
    alone,
    (all) => ({ told: all, miscounted: isCounted(all) ? [] : [rule], disconnected: [] }),
  );
  return told;
}

test('what is right alone is not asked again', async () => {
  const alone = [asked('same')];
  const never = async (): Promise<never> => assert.fail('asked in order');
  assert.equal((await judgedTwice(never, alone, (told) => ({ told, miscounted: [], disconnected: [] }))).told, alone);
});

test('where the order tells it, it is taken, but for what was known alone', async () => {
  const [alone, ordered] = [
    [asked('other'), asked('same')],
    [asked('same'), asked('same', 1)],
  ];
  assert.deepEqual(await twice(alone, ordered, () => true), [ordered[0], alone[1]]);
});

test('what nobody knows in order is not known, where that alone tells what was counted', async () => {
  const [alone, ordered] = [[asked('same')], [asked('same', 1)]];
  assert.deepEqual(await twice(alone, ordered, ([one]) => one?.skipped === 1), ordered);
});

test('where nothing is better, what was asked alone stands', async () => {
  const alone = [asked('other')];
  assert.deepEqual(await twice(alone, [asked('other')], () => true), alone);
});

/** A conversation whose packet asked so often for what there is so much of. */
const asking = (of: string, had: number, times: number): Told => ({
  ...asked('same'),
  judged: [{ is: 'same', answer: { outcomes: [{ rations: [[of, had, times]] }] } } as unknown as Judged],
});

/** Seed k1, scene nft:k1.435+talk: no error came, for others had been told of all that there are; alone each would have got one. */
test('who together asked for more than there is is asked in order, right alone or not', async () => {
  const [one, other, stranger] = [asking('errors r 10.1.0.2', 1, 1), asking('errors r 10.1.0.2', 6, 1), asking('a limit', 5, 4)];
  assert.deepEqual([...scarceIn([one, other, stranger])], ['errors r 10.1.0.2']);
  assert.deepEqual([...scarceIn([one, stranger])], []);
  const ordered = [asked('same'), asked('same', 1)];
  assert.deepEqual(await twice([one, stranger, other], ordered, () => true), [ordered[0], stranger, ordered[1]]);
});

/** Scene filter:s22.424+talk+aim: AH took a token of a hashlimit's bucket, by its SPI, that GRE would have got alone. */
test('who asked one that nobody knows asked each of those that it may be', () => {
  const [known, untold] = [asking('r hashlimit 4 web 10.1.0.2 0', 2, 2), asking('r hashlimit 4 web 10.1.0.2 ?', 2, 1)];
  assert.deepEqual([...scarceIn([known, untold])], ['r hashlimit 4 web 10.1.0.2 0', 'r hashlimit 4 web 10.1.0.2 ?']);
  assert.deepEqual([...scarceIn([known, asking('r hashlimit 4 web 10.1.0.3 ?', 2, 1)])], []);
  assert.deepEqual([...scarceIn([asking('r hashlimit 4 web 10.1.0.2 0', 2, 1), untold])], []);
});

test('what it took too long to ask of those that surely met is not known, right alone or not', async () => {
  const alone = [asking('a limit', 1, 1), asking('a limit', 1, 1)];
  const cut = [asked('same'), { ...asked('unknown', 1), tooLong: true as const }];
  const isAlone = (told: readonly Told[]): boolean => told.every((one) => alone.includes(one));
  assert.deepEqual(await twice(alone, cut, isAlone), cut);
  // what was asked to its end and tells nothing leaves what is known alone
  assert.deepEqual(await twice(alone, [asked('same'), asked('unknown', 1)], isAlone), alone);
});

/** Scene nat:ja2.52+talk@1: two counters of limits were wrong; all 174 conversations in order took longer than a job may. */
test('those that surely met are asked first, and all others only where that does not tell it', async () => {
  const all = [asking('a limit', 1, 1), asked('same'), asking('a limit', 1, 1)];
  for (const [rightAfter, met] of [
    [1, [2]],
    [2, [2, 3]],
  ] as const) {
    const asked: number[] = [];
    await judgedTwice(
      async (own) => {
        asked.push(own.length);
        return own;
      },
      all,
      (told) => ({ told, miscounted: asked.length < rightAfter ? [rule] : [], disconnected: [] }),
    );
    assert.deepEqual(asked, met);
  }
});
