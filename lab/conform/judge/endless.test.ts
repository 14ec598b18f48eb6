import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ModelWalk } from '../stage/model.ts';
import type { Seen } from '../stage/wire.ts';
import { datagram } from './built-sighting.ts';
import { endlessDifferences } from './endless.ts';

const { told, header } = datagram('fd00:1::2', 'fd00:2::2');
const seenAt = (namespace: string, device: string, how: Seen['how']): Seen => ({ in: namespace, device, how, header });
const round = [seenAt('n1', 'vx', 'out'), seenAt('n1', 'vx', 'in')];
const storm: readonly Seen[] = [seenAt('a', 'e0', 'out'), seenAt('n1', 'p0', 'in'), ...round, ...round, ...round];
const walk: ModelWalk = {
  packet: told,
  received: told,
  disposition: 'looped',
  at: ['n1', 'vx'],
  code: 'NOT_SPECIFIED',
  says: 'frames go round and round',
  path: [
    ['a', null, 'e0', told],
    ['n1', 'p0', 'vx', told],
    ['n1', 'vx', 'vx', told],
    ['n1', 'vx', 'vx', told],
    ['n1', 'vx', null],
  ],
  counted: [],
  mayCount: [],
};
const differences = (one: Partial<ModelWalk>, seen = storm): string =>
  endlessDifferences({ probability: 1, walks: [{ ...walk, ...one }], connections: [] }, seen).join('; ');

test('a storm is what the model says when it goes in circles by the same devices, however often', () => {
  assert.equal(differences({}), '');
  assert.match(differences({}, [...storm.slice(0, 4), seenAt('n2', 'u0', 'in'), seenAt('n2', 'u0', 'out'), ...round]), /goes by u0>n2>u0/);
});

test('what comes to an end in the model, by its TTL too, is no storm', () => {
  assert.match(differences({ disposition: 'delivered', code: 'DELIVERED' }), /in the model it comes to one/);
  assert.match(differences({ code: 'IP_INHDR' }), /in the model it comes to one/);
});
