import assert from 'node:assert/strict';
import test from 'node:test';
import { setSysctl } from '#actions/sysctl/preview';
import type { Finding } from '#engine/finding';
import { onNode } from '#snapshot/scope';
import { smallWorld } from '#testing/small-world';
import { known } from '../faults/faults.ts';
import { mendInTurn } from './in-turn.ts';

/** A finding of a fault on D, whose plan is one setting. */
function finding(id: string, value: string): Finding {
  const fault = known.find((one) => one.id === id);
  if (fault === undefined) throw new Error(`no fault is called ${id}`);
  const nothing = { evidence: [], excludes: [], explains: [], counterfactual: [], alternatives: [], breaks: [] };
  const fix = { steps: [setSysctl(onNode('D'), `net.${id}`, value)], blast: { en: 'nothing else', zh: '无' } };
  return { fault, subject: { kind: 'node', node: 'D' }, status: 'proved', params: {}, ...nothing, fix };
}

const stepOf = ({ fault, fix: { steps } }: Finding): string => `${fault.id} ${JSON.stringify(steps[0]?.params)}`;

/** Several findings, and what is found whenever somebody looks again. */
async function mending(first: readonly Finding[], then: readonly Finding[], code = 0) {
  const world = smallWorld();
  const mended: Finding[] = [];
  let looks = 0;
  const status = await mendInTurn(
    first,
    {
      mend: async (one) => {
        mended.push(one);
        return code;
      },
      replan: async () => {
        looks += 1;
        return then;
      },
    },
    world,
  );
  return { world, looks, status, mended: mended.map(stepOf) };
}

const one = finding('ip-forward-off', '1');
const two = finding('rp-filter-strict', '2');

test('the second finding is planned anew, for what is there after the first mend', async () => {
  const moved = finding('rp-filter-strict', '3');
  const { mended, looks } = await mending([one, two], [moved]);
  assert.deepEqual(mended, [stepOf(one), stepOf(moved)]);
  assert.equal(looks, 1);
});

test('what the first mend has mended, too, is said and left alone', async () => {
  const { mended, world } = await mending([one, two], []);
  assert.deepEqual(mended, [stepOf(one)]);
  assert.match(world.printed(), /✓ {2}rp-filter-strict node\/D: no longer there/);
});

test('what comes to light on the way is told, not mended unasked', async () => {
  const { mended, world } = await mending([one, two], [two, finding('forward-policy-drop', '4')]);
  assert.deepEqual(mended, [stepOf(one), stepOf(two)]);
  assert.match(world.noted(), /found only now: forward-policy-drop node\/D; run leadline fix again/);
});

test('one finding needs no second look, and its exit code is the answer', async () => {
  const { looks, status } = await mending([one], [], 3);
  assert.deepEqual([looks, status], [0, 3]);
});

test('where a step failed nothing else is begun, and what was not is said', async () => {
  const { mended, looks, status, world } = await mending([one, two], [two], 1);
  assert.deepEqual([mended, looks, status], [[stepOf(one)], 0, 1]);
  assert.match(world.noted(), /stopped there; not begun: rp-filter-strict node\/D/);
});
