import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { replyTo, resetTo } from './answer.ts';
import type { Packet } from './packet.ts';

const flags = { syn: true, ack: false, rst: false, fin: false };

const V4 = { source: ip`10.0.0.1`, destination: ip`10.0.0.2` };
const V6 = { source: ip`fd00::1`, destination: ip`fd00::2` };

const sent = (size: number, tcp: Partial<NonNullable<Packet['tcp']>> = {}, ends = V4): Packet => ({
  ...{ ...ends, protocol: 'tcp', sourcePort: 40_001, destinationPort: 80, icmp: null, size, df: true, ttl: 64, mark: 0 },
  tcp: { ...flags, ...tcp },
});

/** Bytes of the answer to a TCP packet of a size. */
const answered = (...packet: Parameters<typeof sent>): number | undefined => replyTo(sent(...packet))?.size;

// tcpdump of a listener on 6.18.44, asked by a raw SYN without options and by connect(2)
test('a SYN-ACK has an MSS always, and else no more than its SYN offers', () => {
  assert.equal(answered(40), 44);
  assert.equal(answered(60), 60);
  assert.equal(answered(60, {}, V6), 64);
  assert.equal(answered(80, {}, V6), 80);
});

/** Linux 6.18, tcpdump: a raw SYN of 52 bytes, an MSS and 8 bytes of data, was answered with 44. */
test('what of a SYN is options and what is data is not known, but of one that Linux sends', () => {
  const least = (...packet: Parameters<typeof sent>): number | undefined => replyTo(sent(...packet))?.leastSize;
  assert.deepEqual([answered(52), least(52)], [52, 44]);
  assert.deepEqual([least(44), least(60), least(1400), least(76, {}, V6)], [undefined, undefined, 44, 64]);
  const answer = replyTo(sent(52));
  assert.ok(answer !== null && resetTo(answer).leastSize === undefined);
});

test('data in a SYN, as of TCP Fast Open, adds nothing to its answer', () => {
  assert.equal(answered(1400), 60);
});

test('an ACK carries time stamps alone', () => {
  assert.equal(answered(1400, { syn: false, ack: true }), 52);
});

/** RFC 9293, sec. 3.10.7.1: a SYN and its 60 bytes are 61 numbers. */
test('a reset has the number that the segment waits for, or acknowledges all of one that waits for none; untold stays untold', () => {
  const numbers = { seq: 7, ack: 9, window: 500 };
  const reset = (tcp: Partial<NonNullable<Packet['tcp']>>) => resetTo(sent(100, tcp)).tcp;
  assert.deepEqual(reset({ numbers })?.numbers, { seq: 0, ack: 68, window: 0 });
  assert.deepEqual(reset({ numbers, mss: 1000 })?.numbers, { seq: 0, ack: 64, window: 0 }, 'the option of 4 bytes is no data');
  assert.deepEqual(reset({ syn: false, ack: true, numbers })?.numbers, { seq: 9, ack: 0, window: 0 });
  assert.equal(reset({})?.numbers, undefined);
});
