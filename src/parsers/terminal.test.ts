import assert from 'node:assert/strict';
import test from 'node:test';
import { asSeen } from './terminal.ts';

test('colours, titles and modes go, and lines keep their numbers', () => {
  // `ip -c link` of iproute2 6.1, and the head of a log of `script` in bash
  assert.equal(asSeen('1: \u001b[36mlo: \u001b[0m<LOOPBACK,UP,LOWER_UP> mtu 65536\n'), '1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536\n');
  assert.equal(asSeen('\u001b[?2004h\u001b]0;root@D: ~\u0007root@D:~# ip r\r\n\u001b[?2004l\rdefault\n'), 'root@D:~# ip r\r\ndefault\n');
  assert.equal(asSeen('\u001b]0;never ended\nnext\n').split('\n').length, 3);
});
