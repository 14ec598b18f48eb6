import assert from 'node:assert/strict';
import test from 'node:test';
import { onNode } from '#snapshot/scope';
import type { Entry, Snapshot, SnapshotIndex } from '#snapshot/snapshot';
import { defineFormat, type Format, lineOf, reading } from './format.ts';
import { linesOf } from './lines.ts';
import { readFacts } from './read.ts';

/** `NAME MTU [TYPE]` a line: a form of links that tells little. */
const small = (id: string, is: string): Format =>
  defineFormat({
    id,
    is: 'a form for this test',
    tells: ['link'],
    recognise: (head) => (head.startsWith(is) ? 1 : 0),
    parse: (input) => ({
      readings: [
        reading(
          'link',
          linesOf(input.text).flatMap((line, at) => {
            const [kind, name = '', mtu, type] = line.split(' ');
            if (kind !== is) return [];
            const fact = { name, mtu: Number(mtu), ...(type === undefined ? {} : { type }), origin: lineOf(input, at + 1) };
            return [fact as never];
          }),
        ),
      ],
      problems: [],
    }),
  });

const forms = [small('short', 'S'), small('long', 'L')];

function snapshotOf(entries: readonly (Partial<Entry> & { file: string; text: string })[], gaps: SnapshotIndex['gaps'] = []): Snapshot {
  const texts = new Map(entries.map(({ file, text }) => [file, text]));
  return {
    index: {
      format: 'leadline-snapshot',
      version: 1,
      tool: { name: 'leadline', version: '0' },
      clocks: [],
      gaps,
      entries: entries.map(({ text: _, ...entry }) => ({ scope: onNode('A'), argv: [], exit: 0, look: 1, parts: [], ...entry })),
    },
    text: (entry) => texts.get(entry.file) ?? '',
  };
}

const links = (snapshot: Snapshot) => readFacts(snapshot, forms).facts.seen('link', onNode('A'));

test('an entry without a named format is recognised by its content', () => {
  const read = readFacts(snapshotOf([{ file: 'a', text: 'S eth0 1500\n' }]), forms);
  assert.deepEqual(read.formats, [{ file: 'a', format: 'short', readings: 1 }]);
  const got = read.facts.seen('link', onNode('A'));
  assert.ok(got.is === 'seen' && got.complete && got.value[0]?.name === 'eth0');
});

test('two forms of one thing are joined, and the richer one leads where they contradict each other', () => {
  const read = readFacts(
    snapshotOf([
      { file: 'a', text: 'L eth0 1450 veth\n' },
      { file: 'b', text: 'S eth0 1500\nS eth9 1500\n' },
    ]),
    forms,
  );
  const got = read.facts.seen('link', onNode('A'));
  assert.ok(got.is === 'seen');
  assert.deepEqual(
    got.value.map(({ name, mtu, type }) => [name, mtu, type]),
    [['eth0', 1450, 'veth']],
  );
  assert.deepEqual(
    read.problems.map(({ file, line }) => [file, line]),
    [
      ['b', 1],
      ['b', 2],
    ],
  );
});

test('a later look at the same thing stands in place of the earlier one', () => {
  const got = links(
    snapshotOf([
      { file: 'a', text: 'S eth0 1500\nS eth1 1500\n' },
      { file: 'b', text: 'S eth0 1400\n', look: 2 },
    ]),
  );
  assert.ok(got.is === 'seen');
  assert.deepEqual(
    got.value.map(({ name, mtu }) => [name, mtu]),
    [['eth0', 1400]],
  );
});

test("a command that failed is a gap in the tool's words", () => {
  const got = links(
    snapshotOf([{ file: 'a', text: 'RTNETLINK answers: Operation not permitted\n', exit: 2, format: 'short', argv: ['ip', 'link'] }]),
  );
  assert.ok(got.is === 'gap');
  assert.equal(got.gap.why, 'denied');
  assert.equal(got.gap.detail, 'ip link: RTNETLINK answers: Operation not permitted');
});

test('a gap of the index stands where nothing was read', () => {
  const gap = { of: 'link', scope: onNode('A'), why: 'timed out', detail: 'ip link took over 5 s' } as const;
  const got = links(snapshotOf([], [gap]));
  assert.ok(got.is === 'gap' && got.gap.why === 'timed out');
});

test('content that two nodes share is cited from the file of each', () => {
  const text = Array.from({ length: 100 }, (_, at) => `S eth${at} 1500\n`).join('');
  const snapshot = snapshotOf([
    { file: 'a', text },
    { file: 'b', text, scope: onNode('B') },
  ]);
  const { facts } = readFacts(snapshot, forms);
  const origin = (node: string) => {
    const got = facts.seen('link', onNode(node));
    return got.is === 'seen' ? got.value[99]?.origin : undefined;
  };
  assert.deepEqual(origin('A'), { file: 'a', line: 100 });
  assert.deepEqual(origin('B'), { file: 'b', line: 100 });
});
