import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Cidr, cidr, contains, holderOf, lastAddress, lengthOfMask, nthAddress, overlaps, parseCidr } from './cidr.ts';
import { entryOf } from './entry.ts';
import { fromBits, type Ip, ip, isMulticast, parseIp, toBits } from './ip.ts';
import { parseMac } from './mac.ts';
import { PrefixTable } from './prefix-table.ts';

test('addresses are canonical, so that equal addresses are equal strings', () => {
  assert.equal(parseIp('2001:DB8:0:0:0:0:0:1'), '2001:db8::1');
  assert.equal(parseIp('::ffff:192.0.2.1'), '::ffff:c000:201');
  assert.equal(parseIp('1:2:3:4:5:6:192.0.2.1'), '1:2:3:4:5:6:c000:201');
  assert.equal(parseIp('1:2:3:4:5:6:7::'), '1:2:3:4:5:6:7:0');
  assert.equal(parseIp('0:0:0:0:0:0:0:0'), '::');
  assert.equal(parseIp('1:0:0:2:0:0:0:3'), '1:0:0:2::3');
});

test('what is no address is nothing, never a guess', () => {
  for (const text of ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '010.0.0.1', '1.2.3.4 ', ':::', '1::2::3', 'fe80::1%eth0', '12345::']) {
    assert.equal(parseIp(text), undefined, text);
  }
  for (const text of ['1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::', '1::2:', ':1::2', ':', 'g::', '::1.2.3', '::1.2.3.256'])
    assert.equal(parseIp(text), undefined, text);
});

test('every IPv4 and IPv6 number survives the way to text and back', () => {
  fc.assert(fc.property(fc.bigInt(0n, (1n << 32n) - 1n), (bits) => toBits(fromBits(bits, 4)) === bits));
  fc.assert(
    fc.property(
      fc.bigInt(0n, (1n << 128n) - 1n),
      (bits) => parseIp(fromBits(bits, 6)) === fromBits(bits, 6) && toBits(fromBits(bits, 6)) === bits,
    ),
  );
});

test('prefixes drop their host bits, and know what lies in them', () => {
  assert.equal(parseCidr('10.244.1.7/24'), '10.244.1.0/24');
  assert.equal(parseCidr('10.1.2.3/255.255.0.0'), '10.1.0.0/16');
  assert.equal(parseCidr('10.1.2.3/33'), undefined);
  assert.ok(contains(cidr`10.100.0.0/16`, ip`10.100.41.1`));
  assert.ok(!contains(cidr`10.100.0.0/16`, ip`2001:db8::1`));
  assert.ok(contains(cidr`::/0`, ip`2001:db8::1`));
  assert.ok(overlaps(cidr`10.100.41.0/24`, cidr`10.100.0.0/16`));
  assert.ok(!overlaps(cidr`10.100.41.0/24`, cidr`10.100.42.0/24`));
  assert.equal(lastAddress(cidr`10.0.0.0/22`), '10.0.3.255');
  assert.equal(nthAddress(cidr`10.0.0.0/24`, 257), '10.0.1.1');
  assert.equal(lengthOfMask('255.0.255.0'), undefined);
  assert.equal(lengthOfMask('0.0.0.0'), 0);
  assert.equal(lengthOfMask('255.255.255.255'), 32);
});

test('an IPv6 prefix holds those whose first bits are its own', () => {
  const bits = fc.bigInt(0n, (1n << 128n) - 1n);
  // near ones differ in one bit
  const near = fc.tuple(bits, fc.integer({ min: 0, max: 127 })).map(([one, at]): [bigint, bigint] => [one, one ^ (1n << BigInt(at))]);
  fc.assert(
    fc.property(fc.oneof(near, fc.tuple(bits, bits)), fc.integer({ min: 0, max: 128 }), ([one, other], length) => {
      const rest = BigInt(128 - length);
      const [prefix, address] = [parseCidr(`${fromBits(one, 6)}/${length}`) as Cidr, fromBits(other, 6)];
      const isIn = one >> rest === other >> rest;
      return contains(prefix, address) === isIn && holderOf(prefix)(address) === isIn;
    }),
  );
});

test('the prefix table finds what a linear search finds', () => {
  const address = fc.bigInt(0n, (1n << 32n) - 1n).map((bits) => fromBits(bits & 0x0f0f0f0fn, 4));
  const prefix = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([base, length]) => parseCidr(`${base}/${length}`) as Cidr);
  fc.assert(
    fc.property(fc.array(prefix, { maxLength: 20 }), address, (prefixes: Cidr[], wanted: Ip) => {
      const table = new PrefixTable(prefixes.map((one) => [one, one] as const));
      const holding = prefixes.filter((one) => contains(one, wanted));
      const longest = Math.max(-1, ...holding.map((one) => Number(one.split('/')[1])));
      return (
        table.longest(wanted).every((one) => Number(one.split('/')[1]) === longest) &&
        table.longest(wanted).length === holding.filter((one) => Number(one.split('/')[1]) === longest).length
      );
    }),
  );
});

test('MAC addresses of every tool become one form', () => {
  assert.equal(parseMac('2A-0B-B1-59-CD-66'), '2a:0b:b1:59:cd:66');
  assert.equal(parseMac('2:1:0:a:b:c'), '02:01:00:0a:0b:0c');
  assert.equal(parseMac('02:00:00:00:00'), undefined);
  assert.ok(isMulticast(ip`224.0.0.18`) && !isMulticast(ip`10.0.0.1`) && isMulticast(ip`ff02::1`));
});

test('what every object inherits stands in no table', () => {
  const table = { tcp: 6 };
  assert.deepEqual(
    ['tcp', 'constructor', '__proto__', 'toString', undefined].map((word) => entryOf(table, word)),
    [6, undefined, undefined, undefined, undefined],
  );
});
