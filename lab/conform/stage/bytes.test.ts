import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBytes, bytesOf } from './bytes.ts';

test('addresses of both families become bytes', () => {
  assert.equal(addressBytes('10.1.0.255').toString('hex'), '0a0100ff');
  assert.equal(addressBytes('fd00:1::2').toString('hex'), 'fd000001000000000000000000000002');
  assert.equal(addressBytes('::').toString('hex'), '0'.repeat(32));
});

test('a datagram carries its lengths, its number and a checksum that sums up', () => {
  const bytes = bytesOf(
    { from: 'a', through: 'raw', source: '192.0.2.1', destination: '192.0.2.2', protocol: 'udp', sport: 1000, dport: 53, size: 100 },
    7,
  );
  assert.equal(bytes.length, 100);
  assert.equal(bytes.readUInt16BE(2), 100);
  assert.equal(bytes.readUInt16BE(24), 80);
  assert.equal(bytes.indexOf('LdLn'), 28);
  assert.equal(bytes.readUInt32BE(32), 7);
  let sum = 17 + 80;
  for (let at = 12; at < bytes.length; at += 2) sum += bytes.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  assert.equal(sum, 0xffff);
});

test('a packet of a protocol without ports carries its number behind what stands for a header', () => {
  const bytes = bytesOf({ from: 'a', through: 'raw', source: '192.0.2.1', destination: '192.0.2.2', protocol: 'ipencap' }, 7);
  assert.deepEqual([bytes.length, bytes[9], bytes.readBigUInt64BE(20), bytes.readUInt32BE(32)], [84, 4, 0n, 7]);
});

/** Measured on Linux 6.18: VXLAN's packets with labels 0, 5 and 6 inside left by three ports, with label 5 by one whatever the ports inside. */
test('packets of IPv6 have no flow label, which would make each of them a flow of its own', () => {
  const packet = { from: 'a', through: 'raw', source: 'fd00:1::2', destination: 'fd00:2::1', protocol: 'udp', tos: 0x10 } as const;
  assert.equal(bytesOf({ ...packet, sport: 1000, dport: 53 }, 7).readUInt32BE(0), 0x61000000);
});

test('chunks of SCTP follow each other, each with its length, and the sum covers them all', () => {
  const tags = { carried: 0x01020304, asked: 5 };
  const packet = {
    from: 'a',
    through: 'raw',
    source: '192.0.2.1',
    destination: '192.0.2.2',
    protocol: 'sctp',
    sport: 1000,
    dport: 53,
  } as const;
  const bytes = bytesOf({ ...packet, chunks: ['COOKIE_ECHO', 'DATA'], tags }, 7);
  assert.equal(bytes.readUInt32BE(24), 0x01020304);
  assert.deepEqual([bytes[32], bytes.readUInt16BE(34)], [10, 12]);
  assert.deepEqual([bytes[44], bytes[45], bytes.readUInt16BE(46)], [0, 3, 24]);
  assert.equal(bytes.length, 44 + 24);
  const opening = bytesOf({ ...packet, tags }, 7);
  assert.deepEqual([opening[32], opening.readUInt32BE(36)], [1, 5]);
  // CRC32c of the packet with 0 in its place (RFC 9260, appendix A), as a table-driven program sums the same bytes
  assert.equal(opening.readUInt32LE(28).toString(16), 'a2ba357a');
});
