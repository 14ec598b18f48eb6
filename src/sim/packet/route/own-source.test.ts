import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cluster } from '#testing/world-builder';
import { exchange, possibilities } from '../exchange.ts';
import { FRESH } from '../state.ts';
import { packetOf } from '../trace.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const [A, B] = [healthy.node('A'), healthy.node('B')];
const elsewhere = ip`203.0.113.7`;
const leading = healthy.put('route', B.scope, {
  ...plainRoute(cidr`203.0.113.7/32`, 'ens3'),
  hops: [{ dev: 'ens3', via: A.address, onlink: false, weight: 1, dead: false }],
});

/** How all that B sends to an address ends which A takes in by a route of type local in a table, and what A answers. */
function ends(
  table: string,
  protocol: 'udp' | 'tcp' | 'icmp',
  options: { readonly ruled?: true; readonly rejects?: true; readonly unread?: true } = {},
) {
  const taken = leading.put('route', A.scope, plainRoute(cidr`203.0.113.7/32`, 'lo', { type: 'local', table }));
  const ruled =
    options.ruled === true ? taken.put('rule', A.scope, { ...PLAIN_RULE, priority: 100, action: { does: 'lookup', table: '100' } }) : taken;
  const built = options.rejects === true ? ruled.rule(A.scope, 'filter', '-A INPUT -p tcp -j REJECT --reject-with tcp-reset', 0) : ruled;
  const world = worldOf((options.unread === true ? built.without('socket', A.scope) : built).facts);
  const packet = packetOf(world, { from: B.scope, to: elsewhere, protocol, port: 9, sport: 40_001 });
  const all = exchange(world, { from: B.scope, packet }, FRESH);
  assert.ok(all !== undefined);
  return possibilities(all).map(({ walks }) =>
    walks.map(({ disposition, reason }) => (disposition === 'dropped' ? reason.code : disposition)).join(),
  );
}

test('nothing answers from what only another table than local takes in (__ip_dev_find)', () => {
  const options = { ruled: true } as const;
  assert.deepEqual(ends('main', 'icmp', options), ['delivered,IP_OUTNOROUTES']);
  assert.deepEqual(ends('main', 'udp', options), ['no listener,IP_OUTNOROUTES']);
  assert.deepEqual(ends('main', 'tcp', options), ['no listener,IP_OUTNOROUTES']);
  assert.deepEqual(ends('local', 'icmp', options), ['delivered,delivered']);
});

test("a rule's reset leaves with any source (ip_route_me_harder)", () => {
  assert.deepEqual(ends('main', 'tcp', { ruled: true, rejects: true }), ['rejected,no listener']);
});

test('whether a listener may answer from there is not told', () => {
  assert.deepEqual(ends('main', 'tcp', { ruled: true, unread: true }), ['delivered,unknown']);
});

test('as long as nobody touched the rules, main answers for local; whether anybody did is not told', () => {
  assert.deepEqual(ends('main', 'icmp').toSorted(), ['delivered,IP_OUTNOROUTES', 'delivered,delivered']);
  assert.deepEqual(ends('local', 'icmp'), ['delivered,delivered']);
});
