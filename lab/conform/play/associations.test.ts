import assert from 'node:assert/strict';
import test from 'node:test';
import type { Packet } from '../draw/packet.ts';
import { answerTo, tagged } from './associations.ts';

const BASE = 4096;
const from = (name: string, source: string, chunks?: Packet['chunks']): Packet => ({
  ...{ from: name, through: 'raw', source, destination: '192.0.2.9', protocol: 'sctp' },
  ...(chunks === undefined ? {} : { chunks }),
});

test('each end is spoken to with the tag that it asked for; who knows none, or begins, says 0', () => {
  const asked = new Map<string, number>();
  const carried = (packet: Packet) => tagged(packet, asked, BASE).tags?.carried;
  assert.equal(carried(from('a', '192.0.2.1')), 0);
  assert.equal(carried(from('a', '192.0.2.1', ['DATA'])), 0, 'the other end asked for none yet');
  assert.equal(carried(from('b', '192.0.2.2', ['INIT_ACK'])), BASE + 1);
  assert.equal(carried(from('a', '192.0.2.1', ['COOKIE_ECHO', 'DATA'])), BASE + 2);
  assert.equal(carried(from('b', '192.0.2.2', ['ABORT:T'])), BASE + 2, 'who has no association repeats the tag');
  assert.equal(carried(from('a', '192.0.2.1', ['INIT'])), 0);
});

test('where kernels repeat a tag that nobody asked for, it is one of the conversation and of none of its ends', () => {
  const asked = new Map<string, number>();
  const carried = (packet: Packet) => tagged(packet, asked, BASE, true).tags?.carried ?? 0;
  const blue = carried(from('a', '192.0.2.1', ['DATA']));
  assert.ok(blue > BASE && blue < 2 * BASE, 'the conversation is known by it');
  assert.equal(carried(from('a', '192.0.2.1', ['INIT'])), 0, 'an INIT has none');
  assert.equal(carried(from('b', '192.0.2.2', ['DATA'])), BASE + 1);
  assert.notEqual(blue, BASE + 1);
});

test('an end answers what it got', () => {
  assert.deepEqual(answerTo({}), ['INIT_ACK']);
  assert.deepEqual(answerTo({ chunks: ['COOKIE_ECHO', 'DATA'] }), ['COOKIE_ACK']);
  assert.deepEqual(answerTo({ chunks: ['ABORT'] }), ['DATA']);
});
