import assert from 'node:assert/strict';
import test from 'node:test';
import { looksAlike } from './unseen.ts';

const facts = (all: Readonly<Record<string, unknown>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(all).map(([about, fact]) => [about, JSON.stringify(fact)]));

const before = facts({ neighbour: { state: 'permanent' }, policy: 'ACCEPT' });
const gone = { before, broken: facts({ policy: 'ACCEPT' }) };
const other = facts({ neighbour: { state: 'permanent' }, policy: 'DROP' });

test('what a break took away and the other one put back cannot be seen', () => {
  assert.equal(looksAlike(gone, other, facts({ neighbour: { state: 'permanent' }, policy: 'DROP' })), true);
});

test('what is still away, or came back as something else, can be seen', () => {
  assert.equal(looksAlike(gone, other, facts({ policy: 'DROP' })), false);
  assert.equal(looksAlike(gone, other, facts({ neighbour: { state: 'stale' }, policy: 'DROP' })), false);
});

test('what the other one takes away as well, or writes over, cannot be seen', () => {
  assert.equal(looksAlike(gone, facts({ policy: 'DROP' }), facts({ policy: 'DROP' })), true);
  const refused = { before: facts({ 'route by tunnel': 1 }), broken: facts({ 'route refused': 1 }) };
  assert.equal(looksAlike(refused, facts({ 'route by uplink': 1 }), facts({ 'route by uplink': 1 })), true);
});

test('a rule that is back cannot be seen, wherever it stands now and whatever else its unit has become', () => {
  const nat = (...rules: readonly string[]): unknown => ({ chains: [{ name: 'POSTROUTING', rules: rules.map((text) => ({ text })) }] });
  const unit = (active: string, start = 'flanneld'): unknown => ({ active, start: [start] });
  const without = {
    before: facts({ nat: nat('masquerade', 'return'), unit: unit('active') }),
    broken: facts({ nat: nat('return'), unit: unit('inactive') }),
  };
  const restarted = facts({ nat: nat('masquerade', 'return'), unit: unit('active', 'flanneld -more') });
  assert.equal(looksAlike(without, restarted, facts({ nat: nat('return', 'masquerade'), unit: unit('active', 'flanneld -more') })), true);
  assert.equal(looksAlike(without, restarted, facts({ nat: nat('return'), unit: unit('active', 'flanneld -more') })), false);
});

test('a break that changes nothing that is read was there to be seen', () => {
  assert.equal(looksAlike({ before, broken: before }, before, before), false);
});
