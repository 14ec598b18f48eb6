import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet } from '../draw/packet.ts';
import { Stage } from '../stage/raise.ts';
import type { Header } from '../stage/wire.ts';
import { noteStorms, type Storms } from './storms.ts';

const packet: Packet = { from: 'a', through: 'raw', source: '10.1.0.2', destination: '10.2.0.2', protocol: 'udp', sport: 1, dport: 2 };
const header: Header = {
  source: '10.1.0.2',
  destination: '10.2.0.2',
  protocol: 17,
  sport: 1,
  dport: 2,
  ttl: 64,
  ident: 1,
  id: 7,
  length: 40,
};

test('a storm ends its own scene, and is told by the packet that it belongs to', () => {
  const [one, other] = [new Stage('s1'), new Stage('s2')];
  const turns = [
    { id: 7, packet, stage: one },
    { id: 8, packet, stage: other },
  ];
  const storms: Storms = new Map();
  noteStorms(storms, [{ scene: 's1', header }], turns, ({ id }) => id);
  assert.deepEqual([...storms], [[one, { id: 7, says: JSON.stringify(packet) }]]);
  noteStorms(storms, [{ scene: 's2' }], turns, ({ id }) => id);
  assert.equal(storms.get(other)?.id, undefined);
  assert.match(storms.get(other)?.says ?? '', /nobody sent/);
});
