import assert from 'node:assert/strict';
import test from 'node:test';
import { ip } from '#net/ip';
import type { Context } from '../iptables/context.ts';
import type { Packet } from '../packet.ts';
import { portKeyOf } from './element.ts';

/** What a set is asked for of a piece of GRE's between two ends of one address, whole where it has no offset. */
const keyOf = (address: Packet['source'], offset?: number): string | undefined => {
  const fragment = offset === undefined ? {} : { fragment: { offset, more: true } };
  const packet = { protocol: 'gre', source: address, destination: address, icmp: null, ...fragment };
  return portKeyOf({ packet } as unknown as Context, 'dst');
};

/** Measured on Linux 6.18: GRE on lo, whole, as a first and as a later fragment, by the counter of `-m set --match-set s dst,dst`. */
test('a later fragment of what has no ports is in a set of IPv4, not in one of IPv6 (ip_set_get_ip4_port, ip_set_get_ip6_port)', () => {
  const keys = (address: Packet['source']) => [keyOf(address), keyOf(address, 0), keyOf(address, 800)];
  assert.deepEqual(keys(ip`192.0.2.1`), ['gre:0', 'gre:0', 'gre:0']);
  assert.deepEqual(keys(ip`2001:db8::1`), ['gre:0', 'gre:0', undefined]);
});
