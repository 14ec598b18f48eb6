import assert from 'node:assert/strict';
import test from 'node:test';
import type { Told } from './ask.ts';
import { restedAt } from './rested.ts';

const told = (rations: readonly (readonly [string, number, number])[]): Told =>
  ({
    spoken: { sent: [{ during: [1e9, 2e9] }, undefined] },
    judged: [{ answer: { outcomes: [{}, { rations }], complete: true } }],
    skipped: 0,
  }) as unknown as Told;

test('who was told of a missing route is waited for until all is saved up again (ip_error), who was told of anything else is not', () => {
  assert.equal(restedAt([told([['errors r 10.1.0.2', 1, 2]])]), 8e9);
  assert.equal(restedAt([told([['errors r 10.1.0.2', 6, 2]]), told([['r rate1', 1, 1]])]), undefined);
});
