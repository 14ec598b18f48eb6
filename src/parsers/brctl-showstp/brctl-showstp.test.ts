import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, parseRecorded, recordedText } from '#testing/recorded-tools';
import { formats } from '../formats.ts';
import { recognise } from '../recognise.ts';
import brctlShowstp from './brctl-showstp.ts';

test('ports tell their bridge, state and hairpin; a port that shows no hairpin does not tell it', () => {
  const links = byKey(parseRecorded(brctlShowstp, 'debian-12', 'brctl-showstp-cni0'), 'link', ({ name }) => name);
  assert.deepEqual([links.get('veth7c1e9a20')?.master, links.get('veth7c1e9a20')?.port?.hairpin], ['cni0', true]);
  assert.equal(links.get('veth00ab12cd')?.port?.hairpin, undefined);
  assert.equal(links.get('cni0')?.bridge?.ageingSeconds, 300);
  assert.equal(links.get('veth00ab12cd')?.port?.state, 'forwarding');
});

test('brctl showstp is recognised', () => {
  assert.equal(recognise(recordedText('debian-12', 'brctl-showstp-cni0'), formats)?.id, 'brctl-showstp');
});
