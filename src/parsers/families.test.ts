import assert from 'node:assert/strict';
import test from 'node:test';
import { onNode } from '#snapshot/scope';
import { formats } from './formats.ts';
import { readFacts } from './read.ts';

const RULES_4 = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const RULES_6 = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n';
const ROUTES_4 = 'default via 192.0.2.1 dev eth0 \nlocal 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 \n';
const ROUTES_6 =
  '2001:db8::/64 dev eth0 proto kernel metric 256 pref medium\nlocal ::1 dev lo table local proto kernel metric 0 pref medium\n';

/** The facts of one node whose commands said these things. */
function factsOf(said: Readonly<Record<string, string>>) {
  const texts = new Map(Object.entries(said));
  const entries = [...texts.keys()].map((command) => ({
    file: command,
    scope: onNode('A'),
    argv: command.split(' '),
    exit: 0,
    look: 1,
    parts: [],
  }));
  const index = {
    format: 'leadline-snapshot',
    version: 1,
    tool: { name: 'leadline', version: '0' },
    clocks: [],
    entries,
    gaps: [],
  } as const;
  return readFacts({ index, text: ({ file }) => texts.get(file) ?? '' }, formats).facts;
}

const coversOf = (kind: 'rule' | 'route', said: Readonly<Record<string, string>>) => factsOf(said).partition(kind, onNode('A'))?.covers;

test('rules of one family say nothing of the other, and rules of both are all rules', () => {
  assert.deepEqual(coversOf('rule', { 'ip rule show': RULES_4 }), ['4']);
  assert.deepEqual(coversOf('rule', { 'ip -6 rule show': RULES_6 }), ['6']);
  assert.equal(coversOf('rule', { 'ip -4 rule show': RULES_4, 'ip -6 rule show': RULES_6 }), true);
});

test('routes of one family say nothing of the same table of the other', () => {
  assert.deepEqual(coversOf('route', { 'ip -4 route show table all': ROUTES_4 }), ['main', 'local', 'default']);
  assert.deepEqual(coversOf('route', { 'ip -6 route show table all': ROUTES_6 }), ['6 main', '6 local', '6 default']);
  assert.equal(coversOf('route', { 'ip route show table all': `${ROUTES_4}${ROUTES_6}` }), true);
});
