import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobOf } from './job.ts';

test('a job without what it needs is named with it', () => {
  for (const [text, says] of [
    ['{"kind":"fault","seed":"s1","fault":"hairpin-off","twins":[],"removals":0}', /a job of kind fault lacks, .*: play; such as \{/],
    ['{"kind":"pair","seed":"s1","faults":["hairpin-off"]}', /: faults;/],
    ['{"kind":"other"}', /kind is healthy, fault or pair, not "other"/],
    ['5', /kind is healthy/],
    ['{', /takes a job as JSON, .* not "\{"/],
  ] as const)
    assert.throws(() => jobOf(text), says, text);
  const whole = { kind: 'fault', seed: 's1', fault: 'hairpin-off', play: 0, twins: [1], removals: 2, undo: true } as const;
  assert.deepEqual(jobOf(JSON.stringify(whole)), whole);
});
