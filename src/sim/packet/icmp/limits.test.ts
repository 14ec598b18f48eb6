import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { ip } from '#net/ip';
import { enumerate, forced } from '#sim/clock/choice';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { joined } from '../joined.ts';
import { Run } from '../run.ts';
import { FRESH, type State } from '../state.ts';
import { mayTell } from './limits.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, address } = healthy.node('A');
const peer = ip`203.0.113.9`;
const other = ip`203.0.113.10`;

type Error = { readonly to?: typeof peer; readonly type?: number; readonly code?: number; readonly ofRoute?: boolean };

/** Asks at each time, in milliseconds, whether one more error may be sent. */
function allowed(times: readonly number[], { to = peer, type = 3, code = 1, ofRoute = false }: Error = {}, built: BuiltCluster = healthy) {
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  let state = FRESH;
  return times.map((at) => {
    const run = new Run(world, forced(new Map()), state, at);
    const { is } = mayTell(run, stack, to, type, code, ofRoute);
    state = run.after();
    return is;
  });
}

const often = (count: number, at = 0): readonly number[] => Array.from({ length: count }, () => at);
const yes = (count: number): readonly boolean[] => Array.from({ length: count }, () => true);

test('a peer is told of six errors at once, then of one per period (inet_peer_xrlim_allow)', () => {
  assert.deepEqual(allowed(often(7)), [...yes(6), false]);
  assert.deepEqual(allowed([...often(6), 999, 1000, 1001]), [...yes(6), false, true, false]);
  const quicker = healthy.sysctl(scope, 'net.ipv4.icmp_ratelimit', 100);
  assert.deepEqual(allowed([...often(7), 100], {}, quicker), [...yes(6), false, true]);
});

test('each peer has its own, and what a machine tells itself is not counted (icmpv4_xrlim_allow)', () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const run = new Run(world, forced(new Map()), FRESH);
  for (const _ of often(7)) mayTell(run, stack, peer, 3, 1, false);
  assert.equal(mayTell(run, stack, peer, 3, 1, false).is, false);
  assert.equal(mayTell(run, stack, other, 3, 1, false).is, true);
  assert.deepEqual(allowed(often(9), { to: address }), yes(9));
});

test('only the types of the mask are counted, fragmentation needed never is (icmpv4_mask_allow)', () => {
  assert.deepEqual(allowed(often(9), { code: 4 }), yes(9));
  assert.deepEqual(allowed(often(9), { type: 0, code: 0 }), yes(9));
  assert.deepEqual(allowed(often(9), {}, healthy.sysctl(scope, 'net.ipv4.icmp_ratemask', 0)), yes(9));
});

test('a namespace that may send none at all sends none (icmp_global_allow)', () => {
  assert.deepEqual(allowed(often(1), {}, healthy.sysctl(scope, 'net.ipv4.icmp_msgs_per_sec', 0)), [false]);
});

test('of missing routes a peer is told five times in a row (ip_error)', () => {
  assert.deepEqual(allowed(often(6), { type: 0, code: 0, ofRoute: true }), [...yes(5), false]);
});

const ofKernel = (kernel: string): BuiltCluster =>
  healthy.put('host', { ...scope, netns: '' }, { hostname: 'A', kernel, machineId: undefined, bootId: undefined, os: undefined });

// A router without a route to 192.0.2.9, nine datagrams 20 ms apart, its errors counted where they arrive.
test('missing routes and the limit take from one store, which is cut only as time passes (ip_error, inet_peer_xrlim_allow of 6.18.44)', () => {
  const told = (limit: number, kernel = '6.18.44') =>
    allowed(
      often(9).map((_, at) => at * 20),
      { code: 0, ofRoute: true },
      ofKernel(kernel).sysctl(scope, 'net.ipv4.icmp_ratelimit', limit),
    ).filter(Boolean).length;
  assert.deepEqual([told(0), told(100), told(1000)], [5, 4, 2]);
  assert.deepEqual([told(0, '6.1.0-40'), told(1000, '6.1.0-40')], [1, 2]);
});

// The same router with net.ipv4.icmp_ratelimit=0, asked for a port that is closed (p) and for what it has no route to (r), 50 ms apart.
test('an error that is not limited cuts what is saved for missing routes, once the clock has ticked (inet_peer_xrlim_allow of 6.18.44)', () => {
  const unlimited = ofKernel('6.18.44').sysctl(scope, 'net.ipv4.icmp_ratelimit', 0);
  const told = (asked: string, apart: number): readonly boolean[] => {
    let state = FRESH;
    const stack = worldOf(unlimited.facts).stack(scope);
    assert.ok(stack !== undefined);
    return [...asked].map((one, at) => {
      const run = new Run(worldOf(unlimited.facts), forced(new Map()), state, at * apart);
      const { is } = mayTell(run, stack, peer, 3, one === 'r' ? 0 : 3, one === 'r');
      state = run.after();
      return is;
    });
  };
  assert.deepEqual(told('rprrr', 50), [true, true, false, false, false]);
  assert.deepEqual(told('prrrr', 50), [true, false, false, false, false]);
  const both = enumerate((chooser) => {
    const stack = worldOf(unlimited.facts).stack(scope);
    assert.ok(stack !== undefined);
    const run = new Run(worldOf(unlimited.facts), chooser, FRESH, 0);
    return [true, false, true].map((ofRoute) => mayTell(run, stack, peer, 3, ofRoute ? 0 : 3, ofRoute).is);
  });
  assert.deepEqual(
    both.branches.map(({ result }) => result),
    [
      [true, true, false],
      [true, true, true],
    ],
  );
});

// Linux 6.18.44, net.ipv6.icmp.ratelimit=1000: of 150 datagrams in 3 s that had no route six were told at once, then one a second.
test('IPv6 tells wider prefixes no more often than others (icmpv6_xrlim_allow of 6.18.44)', () => {
  const slow = healthy.sysctl(scope, 'net.ipv6.icmp.ratelimit', 1000);
  assert.deepEqual(allowed([...often(7), 999, 1000, 1990, 2000], { to: ip`fd00:1::2` }, slow), [
    ...yes(6),
    false,
    false,
    true,
    false,
    true,
  ]);
});

test('where dice decided what a peer was told before, whether more may be sent is as likely', () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const after = (often: number): State => {
    const run = new Run(world, forced(new Map()), FRESH, 0);
    for (let count = 0; count < often; count++) mayTell(run, stack, peer, 3, 1, false);
    return run.after();
  };
  const [both, ...others] = joined([
    { state: after(6), weight: 0.25 },
    { state: after(5), weight: 0.75 },
  ]);
  assert.ok(both !== undefined && others.length === 0);
  const { branches } = enumerate((chooser) => {
    const run = new Run(world, chooser, both.state, 0);
    return [1, 2].map(() => mayTell(run, stack, peer, 3, 1, false).is);
  });
  assert.deepEqual(
    branches.map(({ result, probability }) => [...result, probability]),
    [
      [true, false, 0.75],
      [false, false, 0.25],
    ],
  );
});

test('what was asked for is told: of missing routes one is sure, of other errors as many as are saved up', () => {
  const world = worldOf(healthy.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const asked = (ofRoute: boolean): unknown => {
    const run = new Run(world, forced(new Map()), FRESH, 0);
    mayTell(run, stack, peer, 3, 1, ofRoute);
    mayTell(run, stack, peer, 3, 1, false);
    return [...(run.after().notes?.rations.values() ?? [])];
  };
  assert.deepEqual(asked(false), [{ had: 6, asked: 2 }]);
  assert.deepEqual(asked(true), [{ had: 1, asked: 2 }]);
});
