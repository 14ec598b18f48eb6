import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Packet } from '../draw/packet.ts';
import { lookOf } from '../judge/sightings.ts';
import { bytesOf } from '../stage/bytes.ts';
import { lostHeader } from './lost-header.ts';

/** So much of a packet the trace prints. */
const PRINTED = 160;
const STALE = Buffer.from('LdLn\0\0\0\x07 what an earlier packet left in the buffer');

const base = { from: 'a', through: 'raw', source: '10.1.0.2', destination: '10.2.0.2' } as const;
const udp: Packet = { ...base, protocol: 'udp', sport: 20000, dport: 53 };

const printed = (bytes: Buffer): Buffer => Buffer.concat([bytes, STALE]).subarray(0, PRINTED);

test('a lost packet is known by the number in its content, not by what stands behind its end', () => {
  assert.equal(lostHeader(printed(bytesOf(udp, 4711)))?.id, 4711);
  const reset = Buffer.concat([bytesOf({ ...base, protocol: 'tcp', sport: 1, dport: 2, flags: 'R', seq: 4096 * 9 }, 5)]);
  reset.writeUInt16BE(40, 2); // a RST of a kernel carries nothing
  const header = lostHeader(printed(reset));
  assert.deepEqual([header?.id, header?.seq, header === undefined ? '' : lookOf(header)], [0, 4096 * 9, 'tcp 4']);
});

test('what is called a tunnel and carries no packet is known by its own number', () => {
  for (const protocol of ['ipencap', 'ipv6', 'gre', 'esp'] as const) {
    const header = lostHeader(printed(bytesOf({ ...base, protocol }, 4711)));
    assert.deepEqual([header?.id, header?.inner], [4711, undefined], protocol);
  }
});

test('what an SCTP endpoint answers by itself is known by its chunk and tag', () => {
  const tags = { carried: 4096 * 9 + 1, asked: 0 };
  const header = lostHeader(printed(bytesOf({ ...base, protocol: 'sctp', sport: 1, dport: 2, chunks: ['ABORT'], tags }, 5)));
  assert.deepEqual([header?.tag, header === undefined ? '' : lookOf(header)], [4096 * 9 + 1, 'sctp 6']);
});

// kfree_skb at nf_send_reset, Linux 6.18: a reset of FORWARD that no route leads back
test('a reset that was thrown away before it had a length is its headers', () => {
  const lost = Buffer.from('450000010000400040060000 0a010003c0000209 00504e53000348000000000050040000cc270000'.replaceAll(' ', ''), 'hex');
  const header = lostHeader(printed(lost));
  assert.deepEqual([header?.dport, header?.seq, header?.flags, header?.id], [20_051, 215_040, 4, 0]);
});

test('an error is known by what it is about, in either family', () => {
  const error: Packet = { ...base, protocol: 'icmp', icmp: { type: 3, code: 1, id: 0 }, about: udp };
  assert.equal(lostHeader(printed(bytesOf(error, 12)))?.about?.id, 12);
  const six = { ...udp, source: 'fd00:1::2', destination: 'fd00:2::2', sport: 1, dport: 2, protocol: 'sctp' } as const;
  const error6: Packet = { ...six, protocol: 'icmpv6', icmp: { type: 1, code: 4, id: 0 }, about: six };
  const header = lostHeader(printed(bytesOf(error6, 13)));
  assert.deepEqual([header?.about?.id, header === undefined ? '' : lookOf(header)], [13, 'icmp 1/4']);
});

test("a packet to a tunnel's port is known by itself, where it carries none", () => {
  assert.equal(lostHeader(printed(bytesOf({ ...udp, dport: 8472 }, 21)))?.id, 21);
});

test('bytes that are no packet are none', () => {
  assert.equal(lostHeader(Buffer.alloc(0)), undefined);
  assert.equal(lostHeader(Buffer.alloc(PRINTED, 0xff)), undefined);
  assert.equal(lostHeader(bytesOf(udp, 1).subarray(0, 24)), undefined);
});

/** Linux 6.18, scene route:s8.438+aim~hash-fields~hash-inside~rule-refuses*1000: the policy of INPUT drops the pieces, which nobody has put together yet. */
test('a piece of IPv6 is known by its beginning, and a later one is nobody', () => {
  const six = { ...udp, source: 'fd00:1::2', destination: 'fd00:2::2' };
  const piece = (offset: number): Buffer => {
    const whole = bytesOf(six, 31);
    const fragment = Buffer.from([17, 0, 0, 1, 0, 0, 0, 9]);
    fragment.writeUInt16BE(offset | 1, 2);
    const cut = Buffer.concat([whole.subarray(0, 40), fragment, whole.subarray(40)]);
    cut.writeUInt16BE(whole.readUInt16BE(4) + 8, 4);
    cut.writeUInt8(44, 6);
    return cut;
  };
  const header = lostHeader(printed(piece(0)));
  assert.deepEqual([header?.id, header === undefined ? '' : lookOf(header)], [31, '17']);
  assert.equal(lostHeader(printed(piece(1232))), undefined);
});
