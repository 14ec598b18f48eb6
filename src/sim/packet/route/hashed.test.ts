import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { cluster } from '#testing/world-builder';
import type { Packet } from '../packet.ts';
import type { Skb } from '../skb.ts';
import { packetOf } from '../trace.ts';
import type { RouteFlow } from './flow.ts';
import { FIELDS, hashedOf, labelledAs } from './hashed.ts';

const world = worldOf(cluster({ nodes: 1, podsPerNode: 0 }).facts);
const from = cluster({ nodes: 1, podsPerNode: 0 }).node('A').scope;
const sent = (source: Packet['source'], to: Packet['source'], port: number): Packet => ({
  ...packetOf(world, { from, source, to, protocol: 'udp', port }),
  sourcePort: 40_000,
});
const asked = (port: number): Packet => sent(ip`fd00:1::2`, ip`2001:db8::7`, port);
const four = (source: Packet['source'], to: Packet['source'], port = 53): Packet => sent(source, to, port);
const answered = ({ source, destination, sourcePort, destinationPort, ...rest }: Packet): Packet => ({
  ...rest,
  ...{ source: destination, destination: source, sourcePort: destinationPort, destinationPort: sourcePort },
});

type How = Partial<Pick<Skb, 'labelled' | 'wire' | 'carries'>>;

/** The hashes of what came in, by each policy. */
function passing(packet: Packet, { labelled = null, wire = packet.size, carries = null }: How = {}, fields = 0) {
  const skb = { packet, labelled, wire, carries };
  const { source, destination } = packet;
  const flow = { source, destination, iif: 'eth0', oif: null, mark: 0, packet, arrived: skb, hashed: labelled };
  return all({ ...flow, labelled: () => labelledAs(skb) }, fields);
}

/** Those of what is sent here. */
const own = (packet: Packet, how: Partial<RouteFlow> = {}, fields = 0) =>
  all({ source: packet.source, destination: packet.destination, iif: 'lo', oif: null, mark: 0, packet, own: true, ...how }, fields);

function all(flow: RouteFlow, fields: number) {
  const by = (policy: number): string => hashedOf(flow, { policy, fields });
  return { addresses: by(0), ports: by(1), inside: by(2), chosen: by(3) };
}

const [client, server, router] = [ip`192.0.2.1`, ip`198.51.100.7`, ip`203.0.113.1`];
const pinged = (packet: Packet, type: number, inner?: Packet): Packet => ({
  ...{ ...packet, protocol: 'icmp', sourcePort: 0, destinationPort: 0 },
  icmp: { type, code: 0, id: 7, ...(inner === undefined ? {} : { inner }) },
});

/** Linux 6.18, scene route:n4.9+aim*1000: one pair of addresses left by both ways, whatever was said over the one was lost. */
test('policy 0 of IPv6 looks at the flow label too, which differs between connections of ordinary sockets (ip6_multipath_l3_keys)', () => {
  const [one, other] = [asked(53), asked(443)];
  assert.equal(passing(one).addresses, passing(other).addresses, 'a raw socket writes none');
  assert.notEqual(passing(one, { labelled: one }).addresses, passing(other, { labelled: other }).addresses);
  assert.notEqual(passing(one, { labelled: one }).addresses, passing(one).addresses);
});

test('its first header counts too: that of pieces is one, whatever they are pieces of', () => {
  const whole = asked(53);
  assert.notEqual(passing({ ...whole, size: 1480 }, { wire: 1280 }).addresses, passing(whole).addresses);
});

test('both directions have one hash (__flow_hash_consistentify)', () => {
  const there = four(client, server);
  const [one, back] = [passing(there, {}, 0x3f), passing(answered(there), {}, 0x3f)];
  assert.deepEqual(one, back);
});

/** Linux 6.18, scene route:g4.183+talk+aim: an echo's answer left by the other of two ways. */
test('what its sender hashed keeps that hash under policy 1: both directions may part (skb->l4_hash)', () => {
  const there = asked(53);
  const back = answered(there);
  const hashed = (packet: Packet) => passing(packet, { labelled: packet });
  assert.equal(hashed(there).ports, hashed({ ...there, ttl: 3 }).ports);
  assert.notEqual(hashed(there).ports, hashed(back).ports);
  assert.equal(passing(there).ports, passing(back).ports, 'raw sockets hash nothing');
  assert.notEqual(hashed(there).ports, own(there, { hashed: there }).ports, 'where it is sent its route is asked for first');
});

test('an error goes by the addresses of what it is about, and where it is made by its ports too (ip_multipath_l3_keys, icmp_route_lookup)', () => {
  const inner = four(client, server);
  const error = pinged(four(router, client), 3, inner);
  assert.equal(passing(error).addresses, passing(inner).addresses);
  assert.notEqual(passing(error).ports, passing(inner).ports, 'on the way it has no ports');
  const made = { source: null, ofKernel: true } as const;
  assert.equal(own(error, made).ports, passing(inner).ports);
  assert.equal(own(error, { ...made, hashed: inner }).ports, passing(inner, { labelled: inner }).ports, 'the hash of that is the error’s');
  assert.equal(own(error, { isAnew: true }).addresses, own(four(router, client)).addresses, 'changed, it goes by its own');
});

test('policy 2 looks at an error itself, and into a tunnel: at what is inside of it (net/ipv4/route.c fib_multipath_hash)', () => {
  const inner = four(client, server);
  const error = pinged(four(router, client), 3, inner);
  assert.notEqual(passing(error).inside, passing(inner).inside);
  assert.equal(passing(error).inside, passing(four(client, router)).inside);
  assert.equal(own(error, { source: null, ofKernel: true }).inside, passing(inner).inside, 'where it is made, at what it is about');
  const outer = { ...four(router, server), protocol: 'ipip' as const, sourcePort: 0, destinationPort: 0 };
  const carries = { how: 'ip', packet: inner, frame: null, id: null, wire: inner.size, carries: null } as const;
  assert.equal(passing(outer, { carries }).inside, passing(inner).inside);
  assert.equal(passing(outer, { carries }).addresses, passing(outer).addresses);
  assert.equal(passing({ ...outer, size: 1480 }, { carries, wire: 1400 }).inside, passing(outer).inside, 'pieces are not looked into');
  assert.equal(passing(four(client, server, 53)).inside, passing(four(client, server, 80)).inside);
});

test('policy 3 looks at the fields that are named, and at no others (fib_multipath_custom_hash_skb)', () => {
  const [dns, web, other] = [four(client, server, 53), four(client, server, 80), four(client, router, 53)];
  const by = (packet: Packet, fields: number): string => passing(packet, {}, fields).chosen;
  assert.equal(by(dns, FIELDS.source), by(other, FIELDS.source));
  assert.notEqual(by(dns, FIELDS.source), by(answered(dns), FIELDS.source));
  assert.equal(by(dns, FIELDS.destinationPort), by(other, FIELDS.destinationPort));
  assert.notEqual(by(dns, FIELDS.destinationPort), by(web, FIELDS.destinationPort));
  assert.notEqual(by(dns, FIELDS.protocol), by({ ...dns, protocol: 'sctp' }, FIELDS.protocol));
  assert.equal(by(dns, 0xfc0), by(other, 0xfc0), 'without an inside nothing of it is hashed');
  const six = (packet: Packet, labelled: Packet | null): string => passing(packet, { labelled }, FIELDS.label).chosen;
  assert.notEqual(six(asked(53), asked(53)), six(asked(80), asked(80)));
  assert.equal(six(asked(53), null), six(asked(80), null));
  assert.equal(passing(dns, { labelled: dns }, FIELDS.label).chosen, passing(web, { labelled: web }, FIELDS.label).chosen, 'IPv4 has none');
});

/** Linux 6.18, scene route:s8.927+talk+aim: an error that a rule of OUTPUT had routed anew took the first way, what it was about another. */
test('policy 3 hashes what is sent here otherwise than what is looked into, also where no field is named (jhash_2words)', () => {
  const there = four(client, server);
  for (const fields of [0xc0, FIELDS.source]) assert.notEqual(own(there, {}, fields).chosen, passing(there, {}, fields).chosen);
  const error = pinged(four(router, client), 3, there);
  assert.equal(own(error, { source: null, ofKernel: true }, FIELDS.source).chosen, passing(there, {}, FIELDS.source).chosen);
  assert.equal(own(error, { isAnew: true }, 0xc0).chosen, own(there, {}, 0xc0).chosen);
});

test('what is routed anew has neither protocol nor ports, unless rules ask for such (ip_route_me_harder)', () => {
  const [dns, web] = [four(client, server, 53), four(client, server, 80)];
  assert.equal(own(dns, { isAnew: true }).ports, own(web, { isAnew: true }).ports);
  assert.notEqual(own(dns, { isAnew: true }).ports, own(dns).ports);
  assert.equal(own(dns, { isAnew: true, isLookedInto: true }).ports, own(dns).ports);
});

test('of ICMP that is sent here type and code are hashed, of what passes no ports (union flowi_uli)', () => {
  const [echo, answer] = [pinged(four(client, server), 8), pinged(four(client, server), 0)];
  assert.notEqual(own(echo).ports, own(answer).ports);
  assert.equal(passing(echo).ports, passing(answer).ports);
});
