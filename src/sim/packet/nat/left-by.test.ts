import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { enumerate, forced } from '#sim/clock/choice';
import { onDevice } from '#testing/built/devices';
import { cluster } from '#testing/world-builder';
import { send } from '../send.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2 });
const node = healthy.node('A');
const seen = healthy.facts.seen('link', node.scope);
const uplink = seen.is === 'seen' ? seen.value.find(({ name }) => name === node.uplink) : undefined;
assert.ok(uplink !== undefined);
const [far, second] = [ip`203.0.113.9`, ip`192.0.2.7`];
const masquerading = healthy
  .put('link', node.scope, { ...uplink, name: 'wan1', index: 70 })
  .put('address', node.scope, onDevice('wan1', second, 24, null))
  .rule(node.scope, 'nat', '-A POSTROUTING -j MASQUERADE', 0);
const moved = masquerading.change(
  'route',
  node.scope,
  ({ to }) => to === '0.0.0.0/0',
  (fact) => ({ ...fact, hops: [{ dev: 'wan1', via: null, onlink: false, weight: 1, dead: false }] }),
);
const first = forced(new Map());
const flow = { from: node.scope, to: far, protocol: 'udp', port: 53, sport: 6000 } as const;

/** Linux 6.18, scene services:s18.449@1 and by hand: the second packet was lost without a sign, and its connection gone. */
test('a masqueraded connection that leaves by another device is lost and forgotten; the next packet opens one anew (nf_nat_oif_changed)', () => {
  const [before, after] = [worldOf(masquerading.facts), worldOf(moved.facts)];
  const packet = packetOf(before, flow);
  const opened = send(before, node.scope, packet, FRESH, first, 0);
  assert.equal(send(before, node.scope, packet, opened.state, first, 10).received.source, node.address);
  const lost = send(after, node.scope, packet, opened.state, first, 10);
  assert.deepEqual([lost.disposition, lost.reason.code], ['dropped', 'NETFILTER_DROP']);
  const anew = send(after, node.scope, packet, lost.state, first, 20);
  assert.notEqual(anew.disposition, 'dropped');
  assert.equal(anew.received.source, second);
});

/** In how many ways the next packet of a captured connection leaves, whose source became this address. */
function ways(became: typeof far): number {
  const ends = { sourcePort: 6000, destinationPort: 53, icmp: null };
  const back = { sourcePort: 53, destinationPort: 6000, icmp: null };
  const entry = {
    ...{ protocol: 'udp', protocolNumber: 17, timeoutSeconds: 100, state: null, unreplied: true, assured: false, mark: 0, zone: null },
    original: { source: node.address, destination: far, ...ends },
    reply: { source: far, destination: became, ...back },
  };
  const world = worldOf(moved.put('conntrack', node.scope, entry).facts);
  const packet = { ...packetOf(world, flow), source: node.address };
  return enumerate((chooser) => send(world, node.scope, packet, FRESH, chooser, 0)).branches.length;
}

test('for which device a captured connection was masqueraded its own address may tell', () => {
  assert.deepEqual([ways(second), ways(node.address), ways(ip`198.51.100.1`)], [1, 2, 1]);
});
