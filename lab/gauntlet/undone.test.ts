import assert from 'node:assert/strict';
import test from 'node:test';
import { isUndone } from './undone.ts';

const facts = (all: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(all).map(([about, fact]) => [about, JSON.stringify(fact)]));
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

test('a rule that is back is undone, wherever it stands now and whatever else its table and its unit have become', () => {
  const nat = (...rules: readonly string[]): unknown => ({ chains: [{ name: 'POSTROUTING', rules: rules.map((text) => ({ text })) }] });
  const before = facts({ nat: nat('masquerade', 'return'), unit: { active: 'active', start: ['flanneld'] } });
  const broken = facts({ nat: nat('return'), unit: { active: 'inactive', start: ['flanneld'] } });
  const restarted = facts({ nat: nat('return', 'masquerade', 'other'), unit: { active: 'active', start: ['flanneld -more'] } });
  assert.equal(isUndone(before, broken, restarted), true);
  assert.equal(isUndone(before, broken, facts({ nat: nat('other'), unit: { active: 'active', start: ['flanneld'] } })), false);
});
