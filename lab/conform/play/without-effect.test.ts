import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutEffect } from './without-effect.ts';

test('a rule without effect goes on matching and counting', () => {
  const same: readonly (readonly [line: string, without: string | undefined])[] = [
    ['[3:252] -A FORWARD -s 10.1.0.0/24 -p udp -j DROP', '[3:252] -A FORWARD -s 10.1.0.0/24 -p udp'],
    ['-A FORWARD -m comment --comment "what -j does" -g U1-0', '-A FORWARD -m comment --comment "what -j does"'],
    ['-A INPUT -j REJECT --reject-with tcp-reset', '-A INPUT'],
    ['[0:0] -A OUTPUT -m mark --mark 0x1', undefined],
    [':FORWARD DROP [1:84]', ':FORWARD ACCEPT [1:84]'],
    [':U1-0 - [0:0]', undefined],
    ['\t\tip daddr 10.1.0.2 counter packets 4 bytes 336 drop', '\t\tip daddr 10.1.0.2 counter packets 4 bytes 336'],
    ['\t\tip daddr 10.1.0.2 counter packets 4 bytes 336', undefined],
    ['\t\tip daddr 10.1.0.2 counter packets 4 bytes 336 # handle 7', undefined],
    ['\t\ttype filter hook input priority 3; policy drop;', '\t\ttype filter hook input priority 3; policy accept;'],
    ['\t\ttcp dport 22 accept', undefined],
  ];
  for (const [line, without] of same) assert.equal(withoutEffect(line), without, line);
});
