import assert from 'node:assert/strict';
import test from 'node:test';
import { factsOf, parseText, recorded } from '#testing/parse-text';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import { sections } from '../transcript.ts';
import qdiscs from './qdiscs.ts';

const RECORDED = recorded('tc-qdisc');
const LIST = sections(RECORDED)[0]?.text ?? '';

/** Hand-made after tc's source (tc/tc_filter.c print_filter, f_bpf.c): a kernel that knows filters was not at hand. */
const FILTERS = `# filters of v0 ingress
filter protocol all pref 1 bpf chain 0
filter protocol all pref 1 bpf chain 0 handle 0x1 from_container.o:[from-container] direct-action not_in_hw id 7
# filters of v0 egress
# filters of v2 ingress
filter protocol ip pref 49152 u32 chain 0
`;

const parsed = (text: string) => {
  const told = parseText(qdiscs, text, { argv: ['tc', 'qdisc', 'show'] });
  return { facts: factsOf(told, 'qdisc'), problems: told.problems };
};

test('queues are read with their devices, places and options; of their filters nothing is told', () => {
  const { facts, problems } = parsed(LIST);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    facts.map(({ dev, kind, handle, parent }) => [dev, kind, handle, parent]),
    [
      ['lo', 'noqueue', '0:', 'root'],
      ['v1', 'htb', '1:', 'root'],
      ['v1', 'pfifo', '20:', '1:10'],
      ['v0', 'tbf', '8002:', 'root'],
      ['v0', 'clsact', 'ffff:', 'ffff:fff1'],
      ['v2', 'noqueue', '0:', 'root'],
      ['v2', 'ingress', 'ffff:', 'ffff:fff1'],
    ],
  );
  assert.match(facts[3]?.options ?? '', /rate 1Mbit burst 32Kb lat 400ms$/);
  assert.ok(facts.every(({ filters }) => filters === undefined));
});

test('filters stand at the entrance or exit of their device; none there is told, too', () => {
  const { facts } = parsed(`${LIST}${FILTERS}`);
  const filters = (name: string, kind: string) => facts.find((one) => one.dev === name && one.kind === kind)?.filters;
  assert.deepEqual(
    filters('v0', 'clsact')?.map(({ side, kind }) => [side, kind]),
    [
      ['ingress', 'bpf'],
      ['ingress', 'bpf'],
    ],
  );
  assert.deepEqual(
    filters('v2', 'ingress')?.map(({ side, kind }) => [side, kind]),
    [['ingress', 'u32']],
  );
  assert.equal(filters('v0', 'tbf'), undefined);
});

test('the list is recognised; a line that is no queue is a problem', () => {
  assert.equal(recognise(RECORDED, formats)?.id, 'qdiscs');
  assert.deepEqual(
    parsed('what is this\nqdisc noqueue 0: dev lo root refcnt 2 \n').problems.map(({ line }) => line),
    [1],
  );
});
