import assert from 'node:assert/strict';
import test from 'node:test';
import { byKey } from '#testing/recorded-tools';
import { parseText } from '#testing/parse-text';
import ipNetns from './ip-netns.ts';

test('names and numbers of namespaces are told in all three forms', () => {
  // recorded: ip netns list-id; ip -j netns list-id; ip netns, iproute2 6.1.0
  for (const text of ['nsid 3 (iproute2 netns name: deaf)\n', '[{"nsid":3,"name":"deaf"}]\n', 'deaf (id: 3)\nb\n']) {
    const deaf = byKey(parseText(ipNetns, text), 'namespace', ({ id }) => id).get('deaf');
    assert.deepEqual([deaf?.name, deaf?.nsid], ['deaf', 3]);
  }
  assert.equal(byKey(parseText(ipNetns, 'deaf (id: 3)\nb\n'), 'namespace', ({ id }) => id).get('b')?.nsid, undefined);
  assert.equal(parseText(ipNetns, 'hello world\n').problems.length, 1);
});
