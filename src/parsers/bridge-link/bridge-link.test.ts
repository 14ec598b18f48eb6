import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import bridgeLink from './bridge-link.ts';

test('the settings of a port are told with -d only', () => {
  const port = (name: string) => byKey(parseRecorded(bridgeLink, 'debian-12', name), 'link', (link) => link.name).get('veth7c1e9a20');
  assert.equal(port('bridge-link-show')?.port?.hairpin, undefined);
  assert.deepEqual([port('bridge-d-link-show')?.port?.hairpin, port('bridge-d-link-show')?.master], [true, 'cni0']);
});

test('whose ports are listed is a bridge', () => {
  for (const name of ['bridge-link-show', 'bridge-d-link-show']) {
    assert.equal(byKey(parseRecorded(bridgeLink, 'debian-12', name), 'link', (link) => link.name).get('cni0')?.type, 'bridge', name);
  }
});
