import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { mac as station } from '#net/mac';
import { forced } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { packetOf, trace } from '../trace.ts';
import { resolve } from './resolve.ts';

const healthy = cluster({ nodes: 1, podsPerNode: 2 });
const node = healthy.node('A');
const pod = healthy.pod('A', 1);
const flow = { from: healthy.pod('A').scope, to: pod.address, protocol: 'icmp' } as const;

test('a stale entry stands as long as its own station answers (neigh_timer_handler)', () => {
  assert.equal(trace(worldOf(healthy.facts), flow).outcomes[0]?.works, 'yes');
});

test('one whose station answers no more is told, and cited', () => {
  const silent = healthy.sysctl(pod.scope, 'net.ipv4.conf.all.arp_ignore', 8);
  const { outcomes } = trace(worldOf(silent.facts), { ...flow, from: node.scope });
  const [first] = outcomes;
  assert.deepEqual([first?.disposition, first?.reason.code], ['unreachable', 'NEIGH_FAILED']);
  assert.match(first?.reason.says ?? '', /what is sent goes to [0-9a-f:]+ \(stale\) until nobody has confirmed it for 8 s/);
  assert.equal(first?.answer.after, 11_000, 'DELAY, PROBE, and three requests to all');
  assert.ok(first?.reason.by.some(({ kind, absent }) => kind === 'neighbour' && absent !== true));
});

test('what a list leaves out that was not read whole is no neighbour that is missing', () => {
  const two = cluster({ nodes: 2 });
  const [a, b] = [two.node('A'), two.pod('B')];
  const partition = two.facts.partition('neighbour', a.scope);
  assert.ok(partition !== undefined);
  const flow2 = { from: two.pod('A').scope, to: b.address, protocol: 'icmp' } as const;
  const listed = (covers: true | readonly string[]) => trace(worldOf(two.facts.with({ ...partition, facts: [], covers })), flow2).outcomes;
  assert.ok(listed(true).every(({ works }) => works === 'no'));
  assert.ok(listed([]).every(({ works }) => works === 'unknown'));
});

/** Linux 6.18.44, a veth with `arp off`: what is for 239.1.2.3 leaves to 01:00:5e:01:02:03, for ff02::1 to 33:33:00:00:00:01, for a broadcast or a neighbour to the device's own address. */
test('a device without ARP sends to itself, but for what is for a group (arp_constructor, ndisc_constructor)', () => {
  const world = worldOf(healthy.link(node.scope, node.bridge, { noArp: true }).facts);
  const stack = world.stack(node.scope);
  const link = stack?.link(node.bridge);
  assert.ok(stack !== undefined && link !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  const macOf = (hop: string): unknown => {
    const packet = packetOf(world, { from: node.scope, source: node.gateway, to: pod.address, protocol: 'udp', port: 9 });
    const resolved = resolve(run, skbOf(stack, packet), link, ip`${hop}`);
    return resolved.is === 'mac' ? resolved.mac : resolved.is;
  };
  assert.equal(macOf('239.1.2.3'), '01:00:5e:01:02:03');
  assert.equal(macOf('ff02::1'), '33:33:00:00:00:01');
  assert.equal(macOf('255.255.255.255'), link.mac);
  assert.equal(macOf(pod.address), link.mac);
});

/** Linux 6.18.44, a veth with `arp off`: ping to a neighbour with a permanent entry is answered in IPv4 and IPv6, and without one it is not. */
test('but for an entry that was made for it, as flanneld makes them (neigh_add)', () => {
  const mac = station`02:00:00:00:00:99`;
  const { facts } = healthy
    .link(node.scope, node.bridge, { noArp: true })
    .put('neighbour', node.scope, { dev: node.bridge, address: pod.address, mac, state: 'permanent', proxy: false });
  const world = worldOf(facts);
  const stack = world.stack(node.scope);
  const link = stack?.link(node.bridge);
  assert.ok(stack !== undefined && link !== undefined);
  const packet = packetOf(world, { from: node.scope, source: node.gateway, to: pod.address, protocol: 'udp', port: 9 });
  const resolved = resolve(new Run(world, forced(new Map()), FRESH), skbOf(stack, packet), link, pod.address);
  assert.equal(resolved.is === 'mac' && resolved.mac, mac);
});

test('an address that no listing tells is nobody’s silence, and not the one that it sends to (ip -4 addr)', () => {
  const untold = healthy.link(pod.scope, pod.device, { mac: undefined });
  const ends = ({ facts }: typeof healthy, from = node.scope) =>
    trace(worldOf(facts), { ...flow, from }).outcomes.map(({ works, reason }) => [works, reason.code]);
  assert.deepEqual(ends(untold), [['yes', 'DELIVERED']], 'the old entry stands');
  const forgotten = untold.drop('neighbour', node.scope, ({ address }) => address === pod.address);
  assert.deepEqual(ends(forgotten), [['unknown', 'NOT_SEEN']]);
  const sender = healthy.pod('A');
  assert.deepEqual(ends(healthy.link(sender.scope, sender.device, { mac: undefined }), sender.scope), [['unknown', 'DELIVERED']]);
});
