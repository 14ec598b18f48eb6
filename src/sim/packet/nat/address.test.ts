import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { addressFor } from './address.ts';

const tupleOf = (destination: ReturnType<typeof ip>, source = ip`10.9.0.1`) => ({ source, destination, sourcePort: 1, destinationPort: 9 });

/** What `conntrack -L` of Linux 6.18 (x86-64) showed after `-j DNAT --to-destination` to these ranges. */
test('the address of a range is the one that the kernel chose', () => {
  const four = { from: ip`10.9.0.1`, to: ip`10.9.0.200` };
  const six = { from: ip`fd00:9::1`, to: ip`fd00:9::ff` };
  assert.equal(addressFor(tupleOf(ip`10.50.0.1`), 'destination', four, 0, false), '10.9.0.145');
  assert.equal(addressFor(tupleOf(ip`10.50.0.2`), 'destination', four, 0, false), '10.9.0.63');
  assert.equal(addressFor(tupleOf(ip`10.50.3.3`), 'destination', four, 0, false), '10.9.0.21');
  assert.equal(addressFor(tupleOf(ip`10.50.128.1`), 'destination', four, 0, true), '10.9.0.5');
  assert.equal(addressFor(tupleOf(ip`10.50.129.2`), 'destination', four, 0, true), '10.9.0.5');
  const source = ip`fd00:9::1`;
  assert.equal(addressFor(tupleOf(ip`fd00:50::1`, source), 'destination', six, 0, false), 'fd00:9::9');
  assert.equal(addressFor(tupleOf(ip`fd00:50::2`, source), 'destination', six, 0, false), 'fd00:9::7a');
  assert.equal(addressFor(tupleOf(ip`fd00:50::abcd`, source), 'destination', six, 0, false), 'fd00:9::60');
});

/** The same with `-j CT --zone 5`, `--zone-orig 5`, `--zone-reply 5` (alike) and `--zone-orig 77` in raw OUTPUT. */
test('the number of a zone is mixed in', () => {
  const range = { from: ip`198.51.100.1`, to: ip`198.51.100.9` };
  const chosen = (zone: number) =>
    [ip`203.0.113.1`, ip`203.0.113.2`, ip`203.0.113.3`, ip`203.0.113.4`].map((to) =>
      Number(addressFor(tupleOf(to, ip`10.1.0.2`), 'destination', range, zone, false).split('.').at(-1)),
    );
  assert.deepEqual(chosen(0), [8, 5, 3, 5]);
  assert.deepEqual(chosen(5), [6, 4, 3, 3]);
  assert.deepEqual(chosen(77), [5, 2, 4, 9]);
});
