import assert from 'node:assert/strict';
import test from 'node:test';
import { saysSame } from './redacted.ts';

test('a text is the captured one where they differ in nothing but what was taken out', () => {
  const captured = '-A INPUT --comment "password=[redacted], token: [redacted]" -j DROP';
  assert.ok(saysSame(captured, '-A INPUT --comment "password=one, token: two" -j DROP'));
  assert.ok(saysSame(captured, captured));
  for (const other of [
    '-A INPUT --comment "password=one, token: two" -j ACCEPT',
    '-A OUTPUT --comment "password=one, token: two" -j DROP',
    '-A INPUT --comment "password=one" -j DROP',
    '-A INPUT --comment "password=',
  ])
    assert.equal(saysSame(captured, other), false, other);
  assert.equal(saysSame('-j DROP', '-j DROP --x'), false);
  assert.deepEqual([saysSame(null, null), saysSame(null, ''), saysSame('[redacted]', null)], [true, false, false]);
  assert.equal(saysSame('ab[redacted]ba', 'aba'), false, 'no piece stands for two');
});
