import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Conntrack } from '#facts/conntrack/conntrack';
import { type Ip, ip } from '#net/ip';
import { enumerate, forced } from '#sim/clock/choice';
import { withNft } from '#testing/nft-text';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';

const first = forced(new Map());
const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [from, to] = [healthy.node('A'), healthy.node('B')];
const ends = { source: from.address, destination: to.address, sourcePort: 40_001, destinationPort: 81, icmp: null } as const;
const back = { source: to.address, destination: from.address, sourcePort: 81, destinationPort: 40_001, icmp: null } as const;
const entry: Omit<Conntrack, keyof import('#facts/kind').Fact> = {
  ...{ protocol: 'tcp', protocolNumber: 6, zone: null, original: ends, reply: back, state: 'SYN_SENT', assured: false, unreplied: true },
  ...{ timeoutSeconds: 100, mark: 0 },
};

/** Whether a segment of the captured connection is known to pass a filter, beside this translation of others. */
function isKnownBehind(rule: string, filter: string): boolean {
  const ruleset = `table ip t {\nchain nat {\ntype nat hook output priority -100;\n${rule}\n}\nchain out {\ntype filter hook output priority 0;\n${filter} drop\n}\n}\n`;
  const built = withNft(healthy.put('conntrack', from.scope, entry), from.scope, ruleset);
  const flow = { from: from.scope, to: to.address, protocol: 'tcp', port: 81, sport: 40_001 } as const;
  return trace(worldOf(built.facts), flow).outcomes.every(({ disposition }) => disposition !== 'unknown');
}

/** Linux 6.18, scene nft:s11.827@2: `ct status ! dnat` did not hold for a connection that `dnat prefix` had left where it went, as captured. */
test('whether a captured connection that kept its destination counts as rewritten by a prefix is not told (nft_nat_setup_netmap)', () => {
  const mapping = 'tcp dport 7 dnat prefix to 10.9.0.0/24';
  assert.equal(isKnownBehind(mapping, 'ct status dnat'), false);
  assert.equal(isKnownBehind(mapping, 'ct state new'), true);
  assert.equal(isKnownBehind('tcp dport 7 dnat to 10.9.0.1', 'ct status dnat'), true);
});

/** Whether a rule for a state of NAT matches the second echo request of a captured query, whose answers have this id and go to this address. */
function matches(states: string, { id, to: back = from.address }: { readonly id: number; readonly to?: Ip }): boolean | null {
  const query = (id: number, type: number) => ({ sourcePort: null, destinationPort: null, icmp: { id, type, code: 0 } });
  const asked = { source: from.address, destination: to.address, ...query(7, 8) };
  const answered = { source: to.address, destination: back, ...query(id, 0) };
  const captured = { ...entry, protocol: 'icmp', protocolNumber: 1, state: null, unreplied: false, original: asked, reply: answered };
  const built = healthy
    .put('conntrack', from.scope, captured)
    .rule(from.scope, 'filter', `-A OUTPUT -m conntrack --ctstate ${states} -j DROP`, 0);
  const world = worldOf(built.facts);
  const packet = { ...packetOf(world, { from: from.scope, to: to.address, protocol: 'icmp' }), icmp: { type: 8, code: 0, id: 7 } };
  const { branches } = enumerate((chooser) => send(world, from.scope, packet, FRESH, chooser, 0).disposition === 'dropped');
  const [first, ...others] = branches.map(({ result }) => result);
  return first === undefined || others.some((one) => one !== first) ? null : first;
}

/** Linux 6.18, scene conntrack:s16.646@2: an echo whose tuple was taken in its zone came in, and was DNAT. */
test('at which end the id of captured messages was given anew is not told, unless the address was too (nf_nat_l4proto_unique_tuple)', () => {
  assert.deepEqual([matches('SNAT', { id: 7 }), matches('DNAT', { id: 7 })], [false, false]);
  assert.deepEqual([matches('SNAT', { id: 8 }), matches('DNAT', { id: 8 })], [null, null]);
  assert.equal(matches('SNAT,DNAT', { id: 8 }), true, 'one of both it was');
  const became = ip`198.51.100.7`;
  assert.deepEqual([matches('SNAT', { id: 8, to: became }), matches('DNAT', { id: 8, to: became })], [true, null]);
});

test('an echo whose tuple another zone has is given another id where it comes in, and counts as rewritten at its destination', () => {
  const message = (type: number) => ({ sourcePort: null, destinationPort: null, icmp: { id: 7, type, code: 0 } });
  const asked = { source: from.address, destination: to.address, ...message(8) };
  const answered = { source: to.address, destination: from.address, ...message(0) };
  const taken = { ...entry, protocol: 'icmp', protocolNumber: 1, state: null, original: asked, reply: answered, zoneOriginal: 5 };
  const isDropped = (state: string) => {
    const built = healthy.put('conntrack', to.scope, taken).rule(to.scope, 'filter', `-A INPUT -m conntrack --ctstate ${state} -j DROP`, 0);
    const world = worldOf(built.facts);
    const packet = { ...packetOf(world, { from: from.scope, to: to.address, protocol: 'icmp' }), icmp: { type: 8, code: 0, id: 7 } };
    const sent = send(world, from.scope, packet, FRESH, first, 0);
    return [sent.disposition === 'dropped', sent.received.icmp?.id !== 7];
  };
  assert.deepEqual(isDropped('DNAT'), [true, true]);
  assert.deepEqual(isDropped('SNAT'), [false, true]);
});
