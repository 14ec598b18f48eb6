import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourcePorts } from './source-ports.ts';

test('no source port comes again before all others were given', () => {
  const draw = sourcePorts();
  const round = Array.from({ length: 16_000 }, draw);
  assert.equal(new Set(round).size, round.length);
  assert.equal(draw(), round[0]);
});

test('none is one that the kernel gives by itself', () => {
  const draw = sourcePorts();
  assert.ok(Array.from({ length: 20_000 }, draw).every((port) => port >= 12_000 && port < 28_000));
});
