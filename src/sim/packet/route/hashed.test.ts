import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import { packetOf } from '../trace.ts';
import { hashedOf, labelledAs } from './hashed.ts';

const world = worldOf(cluster({ nodes: 1, podsPerNode: 0 }).facts);
const from = cluster({ nodes: 1, podsPerNode: 0 }).node('A').scope;
const sent = (source: Packet['source'], to: Packet['source'], port: number): Packet => ({
  ...packetOf(world, { from, source, to, protocol: 'udp', port }),
  sourcePort: 40_000,
});
const asked = (port: number): Packet => sent(ip`fd00:1::2`, ip`2001:db8::7`, port);
const four = (source: Packet['source'], to: Packet['source']): Packet => sent(source, to, 53);

type How = { readonly labelled?: Packet | null; readonly wire?: number; readonly iif?: string };
const hashed = (packet: Packet, { labelled = null, wire = packet.size, iif = 'eth0' }: How = {}) =>
  hashedOf({
    ...{ source: packet.source, destination: packet.destination, iif, oif: null, mark: 0, packet },
    labelled: () => labelledAs({ packet, labelled, wire }),
  });

/** Linux 6.18, scene route:n4.9+aim*1000: one pair of addresses left by both ways, whatever was said over the one was lost. */
test('policy 0 of IPv6 looks at the flow label too, which differs between connections of ordinary sockets (ip6_multipath_l3_keys)', () => {
  const [one, other] = [asked(53), asked(443)];
  assert.equal(hashed(one).addresses, hashed(other).addresses, 'a raw socket writes none');
  assert.notEqual(hashed(one, { labelled: one }).addresses, hashed(other, { labelled: other }).addresses);
  assert.notEqual(hashed(one, { labelled: one }).addresses, hashed(one).addresses);
});

test('its first header counts too: that of pieces is one, whatever they are pieces of', () => {
  const whole = asked(53);
  assert.notEqual(hashed({ ...whole, size: 1480 }, { wire: 1280 }).addresses, hashed(whole).addresses);
});

test('both directions have one hash (__flow_hash_consistentify)', () => {
  const [one, other] = [ip`192.0.2.1`, ip`198.51.100.7`];
  assert.equal(hashed(four(one, other)).addresses, hashed(four(other, one)).addresses);
  const back = { ...four(other, one), sourcePort: 53, destinationPort: 40_000 };
  assert.equal(hashed(four(one, other)).ports, hashed(back).ports);
});

/** Linux 6.18, scene route:g4.183+talk+aim: an echo's answer left by the other of two ways. */
test('what its sender hashed keeps that hash under policy 1: both directions may part (skb->l4_hash)', () => {
  const there = asked(53);
  const back = { ...sent(there.destination, there.source, 40_000), sourcePort: 53 };
  const passing = (packet: Packet): string =>
    hashedOf({ source: packet.source, destination: packet.destination, iif: 'eth0', oif: null, mark: 0, packet, hashed: packet }).ports;
  assert.equal(passing(there), passing({ ...there, ttl: 3 }));
  assert.notEqual(passing(there), passing(back));
  assert.equal(hashed(there).ports, hashed(back).ports, 'raw sockets hash nothing');
});

test('an error goes by the addresses of what it is about, and where it is made by its ports too (ip_multipath_l3_keys, icmp_route_lookup)', () => {
  const [client, server, router] = [ip`192.0.2.1`, ip`198.51.100.7`, ip`203.0.113.1`];
  const inner = four(client, server);
  const icmp = { type: 3, code: 1, id: 0, inner };
  const error: Packet = { ...four(router, client), protocol: 'icmp', sourcePort: 0, destinationPort: 0, icmp };
  assert.equal(hashed(error).addresses, hashed(inner).addresses);
  assert.notEqual(hashed(error).ports, hashed(inner).ports, 'on the way it has no ports');
  assert.equal(hashed(error, { iif: 'lo' }).ports, hashed(inner).ports);
});
