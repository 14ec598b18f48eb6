import assert from 'node:assert/strict';
import test from 'node:test';
import { recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';

test('bridge vlan is recognised', () => {
  assert.equal(recognise(recordedText('debian-12', 'bridge-vlan-show'), formats)?.id, 'bridge-vlan');
});
