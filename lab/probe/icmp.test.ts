import assert from 'node:assert/strict';
import { test } from 'node:test';
import { echoRequest, icmpName, readIcmp } from './icmp.ts';

/** An IPv4 header without options. */
function header(protocol: number, from: readonly number[], to: readonly number[]): Buffer {
  const bytes = Buffer.alloc(20);
  bytes[0] = 0x45;
  bytes[9] = protocol;
  Buffer.from([...from, ...to]).copy(bytes, 12);
  return bytes;
}

test('an echo request has the asked size and a checksum that makes the sum all ones', () => {
  const bytes = echoRequest(7, 9, 84);
  assert.equal(bytes.length, 64);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
});

test('an ICMP error tells who complains about which packet', () => {
  const quoted = Buffer.concat([header(17, [10, 0, 0, 1], [10, 0, 0, 2]), Buffer.from([0x12, 0x34, 0x1f, 0x90, 0, 0, 0, 0])]);
  const packet = Buffer.concat([header(1, [10, 0, 0, 9], [10, 0, 0, 1]), Buffer.from([3, 1, 0, 0, 0, 0, 0, 0]), quoted]);
  const heard = readIcmp(packet);
  assert.deepEqual(heard, {
    error: { type: 3, code: 1, from: '10.0.0.9', about: { protocol: 17, to: '10.0.0.2', sport: 0x1234, dport: 8080 } },
  });
  assert.equal(icmpName({ type: 3, code: 1 }), 'host unreachable');
});

test('cut off packets are nothing', () => {
  assert.equal(readIcmp(Buffer.from([0x45])), undefined);
  assert.equal(readIcmp(Buffer.concat([header(1, [1, 1, 1, 1], [2, 2, 2, 2]), Buffer.from([3, 1, 0, 0, 0, 0, 0, 0])])), undefined);
});
