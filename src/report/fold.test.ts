import assert from 'node:assert/strict';
import test from 'node:test';
import { cluster } from '#testing/world-builder';
import { diagnosisText } from './diagnosis-text.ts';
import { columns, indented, WIDTH } from './fold.ts';
import { noQuotes } from './quote.ts';

test('what goes on stands further in, and no line is wider than asked', () => {
  assert.equal(indented('one two three four', 1, 12), ' one two\n   three\n   four');
});

test('what could not be judged is folded as the rest is', () => {
  const { facts } = cluster();
  const detail = 'the reading was cut off after some lines '.repeat(6).trim();
  const gap = { of: 'route', scope: { node: 'A', netns: '' }, why: 'not collected', detail } as const;
  const text = diagnosisText(
    {
      findings: [],
      unexplained: [],
      unknown: [{ fault: 'route-blackhole', subject: { kind: 'node', node: 'A' }, because: { is: 'gap', gaps: [gap] } }],
      checks: [],
      coverage: { nodes: ['A'], checks: { asked: 1, passed: 1, failed: 0, unknown: 0 }, reasons: [] },
    } as never,
    facts,
    noQuotes,
  );
  assert.match(text, /could not be judged:\n {3}route-blackhole: the reading/);
  assert.deepEqual(
    text.split('\n').filter((line) => columns(line) > WIDTH),
    [],
  );
});
