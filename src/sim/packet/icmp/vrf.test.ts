import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { cluster } from '#testing/world-builder';
import { exchange } from '../exchange.ts';
import { FRESH } from '../state.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const A = healthy.node('A');
const [client, server] = [healthy.pod('A'), healthy.pod('B')];

test('an error about what came in by a part of a VRF is routed by the VRF, its source too (icmp_route_lookup)', () => {
  const links = healthy.facts.seen('link', A.scope);
  const routes = healthy.facts.seen('route', A.scope);
  assert.ok(links.is === 'seen' && routes.is === 'seen');
  const bridge = links.value.find(({ name }) => name === A.bridge);
  assert.ok(bridge !== undefined);
  const vrf = { kind: 'vrf', table: '10' } as const;
  let built = healthy
    .put('link', A.scope, { ...bridge, name: 'red', index: 77, type: 'vrf', bridge: null, upper: vrf })
    .link(A.scope, A.bridge, { master: 'red' })
    .put('rule', A.scope, { ...ruleOf(), priority: 1000 });
  for (const route of routes.value.filter(({ table }) => table === 'main')) built = built.put('route', A.scope, { ...route, table: '10' });
  built = built.drop('route', A.scope, ({ table }) => table === 'main');
  const packet = {
    ...({ source: client.address, destination: server.address, protocol: 'udp', sourcePort: 40_001, destinationPort: 53 } as const),
    ...{ tcp: null, icmp: null, size: 60, df: false, ttl: 1, mark: 0 },
  };
  const walks = exchange(worldOf(built.facts), { from: client.scope, packet }, FRESH)?.branches[0]?.result.walks;
  assert.deepEqual(
    walks?.map((walk) => [walk.reason.code, walk.packet.icmp?.type ?? null]),
    [
      ['IP_INHDR', null],
      ['DELIVERED', 11],
    ],
  );
});

/** The rule that the kernel makes with the first VRF (net/core/fib_rules.c, vrf.c vrf_add_fib_rules). */
function ruleOf() {
  const seen = healthy.facts.seen('rule', A.scope);
  const [rule] = seen.is === 'seen' ? seen.value : [];
  assert.ok(rule !== undefined);
  return { ...rule, action: { does: 'lookup of its VRF' } as const };
}
