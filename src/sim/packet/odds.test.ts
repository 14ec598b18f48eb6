import assert from 'node:assert/strict';
import test from 'node:test';
import { each, given, likelihood, mixed, sure } from './odds.ts';

const alike = (one: number, other: number): number | undefined => (one === other ? one : undefined);

test('of several odds each counts as its weight says, and what is alike is one', () => {
  const odds = mixed(
    [
      sure(5),
      [
        { is: 5, weight: 0.5 },
        { is: 4, weight: 0.5 },
      ],
    ],
    [1, 3],
    alike,
  );
  assert.deepEqual(odds, [
    { is: 5, weight: 0.625 },
    { is: 4, weight: 0.375 },
  ]);
});

test('what is known afterwards leaves the rest as likely among each other as before', () => {
  const odds = [
    { is: 2, weight: 0.5 },
    { is: 1, weight: 0.25 },
    { is: 0, weight: 0.25 },
  ];
  assert.equal(
    likelihood(odds, (left) => left > 0),
    0.75,
  );
  assert.deepEqual(
    each(
      given(odds, (left) => left > 0),
      (left) => left - 1,
    ).map(({ is }) => is),
    [1, 0],
  );
  assert.equal(
    likelihood(
      given(odds, (left) => left > 0),
      (left) => left === 2,
    ),
    0.5 / 0.75,
  );
});
