import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { enumerate } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { lookup, type RouteFlow } from './lookup.ts';

const { scope, uplink } = cluster({ nodes: 2, podsPerNode: 1 }).node('A');
const bare = (() => {
  const built = cluster({ nodes: 2, podsPerNode: 1 });
  const told = built.facts.seen('route', scope);
  const defaults = told.is === 'seen' ? told.value.filter(({ to }) => to === '0.0.0.0/0') : [];
  return defaults.reduce((now, route) => now.drop('route', scope, (one) => one === route), built);
})();
const [one, other] = [ip`192.0.2.2`, ip`192.0.2.3`];

type State = FactOf<'neighbour'>['state'];
type Asked = { readonly metrics?: readonly [number, number]; readonly tos?: number; readonly flow?: Partial<RouteFlow> };

/** By which gateways a packet may go out where there are two default routes, as far as the node knows them. */
function gateways(
  states: readonly [State | null | undefined, State | null],
  { metrics = [0, 0], tos = 0, flow = {} }: Asked = {},
): readonly string[] {
  const built = [one, other].reduce((now, via, at) => {
    const route = plainRoute(cidr`0.0.0.0/0`, uplink, { metric: metrics[at] ?? 0, ...(at === 0 && tos !== 0 ? { tos } : {}) });
    const having = now.put('route', scope, { ...route, hops: [{ dev: uplink, via, onlink: true, weight: 1, dead: false }] });
    const state = states[at];
    return state === null ? having : having.put('neighbour', scope, { dev: uplink, address: via, mac: null, state, proxy: false });
  }, bare);
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const asked: RouteFlow = { source: null, destination: ip`203.0.113.9`, iif: 'lo', oif: null, mark: 0, packet: null, ...flow };
  return enumerate((choose) => lookup(new Run(world, choose, FRESH), stack, asked)).branches.map(({ result }) =>
    result.is === 'path' ? (result.path.via ?? 'link') : result.is,
  );
}

/** Measured on Linux 6.18 by `ip route get` four times in each state. */
test('default routes of one metric take turns, as far as their gateways are believed alive (fib_select_default)', () => {
  assert.deepEqual(gateways([null, null]), [one]);
  assert.deepEqual(gateways(['permanent', 'permanent']), [one, other]);
  assert.deepEqual(gateways(['stale', 'stale']), [one, other]);
  assert.deepEqual(gateways(['stale', null]), [one, other]);
  assert.deepEqual(gateways(['reachable', 'stale']), [one]);
  assert.deepEqual(gateways(['failed', 'stale']), [other]);
  assert.deepEqual(gateways(['stale', 'failed']), [one]);
  assert.deepEqual(gateways([undefined, 'reachable']), [one, other], 'of a gateway whose state was not told');
});

test('not what is forwarded, what names its device, nor those of another metric; one for a type of service takes turns with one for all', () => {
  assert.deepEqual(gateways(['stale', 'stale'], { flow: { iif: 'eth9' } }), [one]);
  assert.deepEqual(gateways(['stale', 'stale'], { flow: { oif: uplink } }), [one]);
  assert.deepEqual(gateways(['stale', 'stale'], { metrics: [100, 200] }), [one]);
  const marked = { flow: { packet: { protocol: 'udp', sourcePort: 1, destinationPort: 2, tos: 0x10, icmp: null } }, tos: 0x10 } as const;
  assert.deepEqual(gateways(['stale', 'stale'], marked), [one, other]);
  assert.deepEqual(gateways(['stale', 'stale'], { ...marked, metrics: [0, 200] }), [one, other]);
});

test('where the next hop of one of them was not read, which way is taken is not known', () => {
  const route = plainRoute(cidr`0.0.0.0/0`, uplink);
  const through = { ...route, hops: [{ dev: uplink, via: one, onlink: true, weight: 1, dead: false }] };
  const built = bare.put('route', scope, through).put('route', scope, { ...route, hops: [], nexthopId: 7 });
  const stack = worldOf(built.facts).stack(scope);
  assert.ok(stack !== undefined);
  const asked: RouteFlow = { source: null, destination: ip`203.0.113.9`, iif: 'lo', oif: null, mark: 0, packet: null };
  assert.equal(lookup(null, stack, asked).is, 'gap');
  assert.equal(lookup(null, stack, { ...asked, iif: 'eth9' }).is, 'path');
});
