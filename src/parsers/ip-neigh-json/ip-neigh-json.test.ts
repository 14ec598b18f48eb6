import assert from 'node:assert/strict';
import test from 'node:test';
import { parseText } from '#testing/parse-text';
import { byKey, parseRecorded } from '#testing/recorded-tools';
import { assertSameFacts } from '#testing/same-facts';
import ipNeigh from '../ip-neigh/ip-neigh.ts';
import ipNeighJson from './ip-neigh-json.ts';

for (const userland of ['debian-11', 'debian-12', 'debian-13'] as const) {
  for (const [text, json] of [
    ['ip-neigh-show', 'ip-j-neigh-show'],
    ['ip-s-neigh-show', 'ip-d-s-j-neigh-show'],
    ['ip-6-neigh-show', 'ip-6-j-neigh-show'],
  ] as const) {
    test(`${userland}: text and JSON tell the same: ${text}`, () => {
      const [one, other] = [parseRecorded(ipNeigh, userland, text), parseRecorded(ipNeighJson, userland, json)];
      assert.deepEqual([one.problems, other.problems], [[], []]);
      assertSameFacts('neighbour', one, other, { except: ['state', 'mac'] }); // entries age while they are recorded
    });
  }
}

test('a neighbour tells its MAC address and state', () => {
  const neighbours = byKey(parseRecorded(ipNeighJson, 'debian-12', 'ip-j-neigh-show'), 'neighbour', ({ address }) => address);
  const vtep = neighbours.get('10.244.2.0' as never);
  assert.deepEqual([vtep?.dev, vtep?.mac, vtep?.state, vtep?.proxy], ['flannel.1', '3e:fa:4c:7e:35:e8', 'permanent', false]);
});

test('what is no list of neighbours is a problem, not a throw', () => {
  assert.equal(parseText(ipNeighJson, '[{"dst":"x","state":[]},null,7]').problems.length, 3);
  assert.equal(parseText(ipNeighJson, 'null').problems.length, 1);
});
