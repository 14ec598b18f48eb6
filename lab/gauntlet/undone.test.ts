import assert from 'node:assert/strict';
import test from 'node:test';
import { isUndone } from './undone.ts';

const facts = (all: Readonly<Record<string, string>>): ReadonlyMap<string, string> => new Map(Object.entries(all));
const whole = facts({ neighbour: 'permanent', policy: 'ACCEPT' });

test('what a break took away and another break put back is undone', () => {
  assert.equal(isUndone(whole, facts({ policy: 'ACCEPT' }), facts({ neighbour: 'permanent', policy: 'DROP' })), true);
});

test('what is still away, or came back as something else, is not undone', () => {
  assert.equal(isUndone(whole, facts({ policy: 'ACCEPT' }), facts({ policy: 'DROP' })), false);
  assert.equal(isUndone(whole, facts({ policy: 'ACCEPT' }), facts({ neighbour: 'stale', policy: 'DROP' })), false);
});

test('a break of two things of which one is back is not undone', () => {
  assert.equal(isUndone(whole, facts({}), facts({ neighbour: 'permanent' })), false);
});

test('a break that changes nothing that is read was never there to be undone', () => {
  assert.equal(isUndone(whole, whole, whole), false);
});
