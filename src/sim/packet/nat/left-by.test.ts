import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { enumerate, forced } from '#sim/clock/choice';
import { onDevice } from '#testing/built/devices';
import { withNft } from '#testing/nft-text';
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
function ways(became: typeof far, built = moved): number {
  const ends = { sourcePort: 6000, destinationPort: 53, icmp: null };
  const back = { sourcePort: 53, destinationPort: 6000, icmp: null };
  const entry = {
    ...{ protocol: 'udp', protocolNumber: 17, timeoutSeconds: 100, state: null, unreplied: true, assured: false, mark: 0, zone: null },
    original: { source: node.address, destination: far, ...ends },
    reply: { source: far, destination: became, ...back },
  };
  const world = worldOf(built.put('conntrack', node.scope, entry).facts);
  const packet = { ...packetOf(world, flow), source: node.address };
  return enumerate((chooser) => send(world, node.scope, packet, FRESH, chooser, 0)).branches.length;
}

test('for which device a captured connection was masqueraded its own address may tell', () => {
  assert.deepEqual([ways(second), ways(node.address), ways(ip`198.51.100.1`)], [1, 2, 1]);
});

test('only where something masquerades a captured connection may have been, by rules of iptables or of nft', () => {
  const rules = moved.facts.partition('iptables', node.scope) ?? assert.fail('it has rules');
  const bare = moved.replace({ ...rules, facts: [] });
  const byNft = (rule: string) =>
    withNft(bare, node.scope, `table ip t {\nchain p {\ntype nat hook postrouting priority 100;\n${rule}\n}\n}\n`);
  const byRule = (target: string) => bare.rule(node.scope, 'nat', `-A POSTROUTING -p tcp -j ${target}`);
  assert.deepEqual([ways(node.address, byNft('tcp dport 7 masquerade')), ways(node.address, byRule('MASQUERADE'))], [2, 2]);
  const others = [byNft('tcp dport 7 snat to 192.0.2.9'), byNft('tcp dport 7 accept'), byRule('SNAT --to-source 192.0.2.9')];
  assert.deepEqual(
    others.map((built) => ways(node.address, built)),
    [1, 1, 1],
  );
});

test('an error about its answer that leaves by another device takes no connection along (nf_nat_inet_fn is not asked about such)', () => {
  const [before, after] = [worldOf(masquerading.facts), worldOf(moved.facts)];
  const packet = packetOf(before, flow);
  const opened = send(before, node.scope, packet, FRESH, first, 0);
  const inner = { ...packet, source: far, destination: packet.source, sourcePort: 53, destinationPort: 6000 };
  const error = {
    ...packet,
    protocol: 'icmp',
    sourcePort: 0,
    destinationPort: 0,
    size: 88,
    icmp: { type: 3, code: 3, id: 0, inner },
  } as const;
  const told = send(after, node.scope, error, opened.state, first, 10);
  assert.equal(told.disposition, 'left the model');
  const lost = send(after, node.scope, packet, told.state, first, 20);
  assert.equal(lost.reason.code, 'NETFILTER_DROP', 'it is there still, and goes with its own packet');
});
