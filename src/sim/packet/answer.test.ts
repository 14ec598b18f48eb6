import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { replyTo } from './answer.ts';
import type { Packet } from './packet.ts';

const flags = { syn: true, ack: false, rst: false, fin: false };

const V6 = { source: ip`fd00::1`, destination: ip`fd00::2` };

/** Bytes of the answer to a TCP packet of a size. */
function answered(
  size: number,
  tcp: Partial<typeof flags> = {},
  ends = { source: ip`10.0.0.1`, destination: ip`10.0.0.2` },
): number | undefined {
  const packet: Packet = {
    ...{
      ...ends,
      protocol: 'tcp',
      sourcePort: 40_001,
      destinationPort: 80,
      icmp: null,
      size,
      df: true,
      ttl: 64,
      mark: 0,
    },
    tcp: { ...flags, ...tcp },
  };
  return replyTo(packet)?.size;
}

// tcpdump of a listener on 6.18.44, asked by a raw SYN without options and by connect(2)
test('a SYN-ACK has an MSS always, and else no more than its SYN offers', () => {
  assert.equal(answered(40), 44);
  assert.equal(answered(60), 60);
  assert.equal(answered(60, {}, V6), 64);
  assert.equal(answered(80, {}, V6), 80);
});

test('data in a SYN, as of TCP Fast Open, adds nothing to its answer', () => {
  assert.equal(answered(1400), 60);
});

test('an ACK carries time stamps alone', () => {
  assert.equal(answered(1400, { syn: false, ack: true }), 52);
});
