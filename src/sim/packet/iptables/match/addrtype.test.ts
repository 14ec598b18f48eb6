import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import { type Context, Options, type Where } from '../context.ts';
import { addrtype } from './addrtype.ts';

/** Whether a packet to this address is met by `-m addrtype --dst-type TYPE`: of these types no table is asked. */
function isMet(type: string, to: string): unknown {
  const options = new Options([{ name: '--dst-type', not: false, values: [type] }]);
  return addrtype(options, {} as Where)?.({ packet: { destination: ip`${to}` } } as unknown as Context);
}

/** Linux 6.18, scene route:s1.303 of seed s1: a rule with UNICAST counted none of six packets to ::ffff:192.0.2.1. */
test('an address of IPv4 inside IPv6 is no unicast address (__ipv6_addr_type)', () => {
  for (const one of ['2001:db8::7', 'fe80::1', '::1', '::7', '::1:c000:201']) assert.equal(isMet('UNICAST', one), true, one);
  for (const none of ['::ffff:c000:201', '::', 'ff02::1']) assert.equal(isMet('UNICAST', none), false, none);
  assert.deepEqual([isMet('MULTICAST', 'ff02::1'), isMet('UNSPEC', '::')], [true, true]);
});
