import assert from 'node:assert/strict';
import test from 'node:test';
import { parseRecorded, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import brctlShowmacs from './brctl-showmacs.ts';

test('a list by port numbers gives no fact, and says what would', () => {
  const parsed = parseRecorded(brctlShowmacs, 'debian-12', 'brctl-showmacs-cni0');
  assert.deepEqual(parsed.readings, []);
  assert.match(parsed.problems[0]?.why ?? '', /bridge fdb show/);
  assert.equal(recognise(recordedText('debian-12', 'brctl-showmacs-cni0'), formats)?.id, 'brctl-showmacs');
});
