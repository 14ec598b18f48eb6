import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { type Ip, ip } from '#net/ip';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import type { Packet } from '../packet.ts';
import { decapsulate } from './receive.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [a, b] = [healthy.node('A'), healthy.node('B')];
const isOfB = ({ dev, mac }: { readonly dev: string; readonly mac: string }): boolean => dev === a.vtep.device && mac === b.vtep.mac;

/** A cluster whose tunnel learns on node A. */
const learning: BuiltCluster = healthy.change(
  'link',
  a.scope,
  ({ name }) => name === a.vtep.device,
  (link) => ({ ...link, vxlan: link.vxlan == null ? link.vxlan : { ...link.vxlan, learning: true } }),
);

const outer = (source: Ip): Packet => ({
  ...{ source, destination: a.address, protocol: 'udp', sourcePort: 40_000, destinationPort: 8472 },
  ...{ tcp: null, icmp: null, size: 150, df: false, ttl: 64, mark: 0 },
});

/** What becomes of frames of B's tunnel device that come from remotes in turn, and behind which it is known in the end. */
function heard(built: BuiltCluster, ...remotes: readonly Ip[]): readonly (string | undefined)[] {
  const world = worldOf(built.facts);
  const stack = world.stack(a.scope);
  assert.ok(stack !== undefined);
  const run = new Run(world, { pick: () => 0 }, FRESH);
  const inner: Packet = { ...outer(b.address), destinationPort: 9, size: 100 };
  const frame = { from: b.vtep.mac, to: a.vtep.mac };
  const ends = remotes.map((remote) => {
    const carried = { how: 'vxlan', packet: inner, frame, id: 1, wire: 100, carries: null } as const;
    const next = decapsulate(run, skbOf(stack, outer(remote)), carried);
    return next.stage === 'end' ? next.reason.code : next.stage;
  });
  return [...ends, run.notes.learntRemote(`${stack.key} ${a.vtep.device}`, b.vtep.mac)];
}

/** Measured on Linux 6.18: a ping behind a permanent or static entry with `via e0` is not answered, behind a dynamic one it is. */
test('a learning tunnel drops what comes from the remote of an entry by hand that names its device (vxlan_snoop)', () => {
  const by = (via: string | null, state: 'permanent' | 'static' | 'reachable') => learning.change('fdb', a.scope, isOfB, { via, state });
  assert.deepEqual(heard(by(null, 'permanent'), b.address), ['receive', undefined]);
  assert.deepEqual(heard(by(a.uplink, 'permanent'), b.address), ['VXLAN_ENTRY_EXISTS', undefined]);
  assert.deepEqual(heard(by(a.uplink, 'static'), b.address), ['VXLAN_ENTRY_EXISTS', undefined]);
  assert.deepEqual(heard(by(a.uplink, 'reachable'), b.address), ['receive', undefined]);
});

test('a station that moved behind another remote may move back (vxlan_snoop)', () => {
  const other = ip`192.0.2.77`;
  const built = learning.change('fdb', a.scope, isOfB, { state: 'reachable' });
  assert.deepEqual(heard(built, other), ['receive', other]);
  assert.deepEqual(heard(built, other, b.address), ['receive', 'receive', b.address]);
});

/** Measured on Linux 6.18: of a device that was moved to another namespace the first one goes on listening (`ss -uln`), and the second shows `link-netnsid`. */
test('what may be for a tunnel that was moved to another namespace is not refused (vxlan_get_link_net)', () => {
  const moved = healthy.drop('link', a.scope, a.vtep.device);
  const vtep = worldOf(healthy.facts).stack(a.scope)?.link(a.vtep.device);
  assert.ok(vtep !== undefined);
  assert.deepEqual(heard(moved, b.address), ['NO_SOCKET', undefined]);
  const there = moved.put('link', healthy.pod('A').scope, { ...vtep, peerIndex: vtep.index, peerNsid: 0, peerName: null });
  assert.deepEqual(heard(there, b.address), ['NOT_MODELLED', undefined]);
});

test('what may be for a device whose kind nobody told, as without -d, is not refused', () => {
  const untold = healthy.link(a.scope, a.vtep.device, { type: undefined, vxlan: undefined });
  assert.deepEqual(heard(untold, b.address), ['NOT_SEEN', undefined]);
});
