import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import type { Route } from '#facts/route/route';
import { ip } from '#net/ip';
import type { Chooser, ChoicePoint } from '#sim/clock/choice';
import { cluster } from '#testing/world-builder';
import { skbOf } from '../answer.ts';
import { end } from '../next.ts';
import { Run } from '../run.ts';
import { FRESH } from '../state.ts';
import { icmpError } from './error.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, uplink, bridge } = healthy.node('A');

/** Measured on Linux 6.18: behind a default route of two ways "time exceeded" comes from the address of the way that it takes. */
test('an error goes by one of several ways, and comes from an address of that one (icmp_route_lookup)', () => {
  const routes = healthy.facts.seen('route', scope);
  assert.ok(routes.is === 'seen');
  const known = routes.value.find(({ table, type }) => table === 'main' && type === 'unicast');
  assert.ok(known !== undefined);
  const hops = [uplink, bridge].map((dev) => ({ dev, via: null, onlink: false, weight: 1, dead: false }));
  const built = healthy.put('route', scope, { ...known, to: '198.51.100.0/24' as Route['to'], source: null, hops });
  const world = worldOf(built.facts);
  const stack = world.stack(scope);
  assert.ok(stack !== undefined);
  const rest = { sourcePort: 40_001, destinationPort: 53, tcp: null, icmp: null, size: 84, df: false, ttl: 1, mark: 0 } as const;
  const about = { source: ip`198.51.100.9`, destination: ip`203.0.113.7`, protocol: 'udp', ...rest } as const;
  const ended = end(skbOf(stack, about), { disposition: 'dropped', code: 'IP_INHDR', says: 'its life is over' });
  const sources = [0, 1].map((turn) => {
    const chooser: Chooser = { pick: ({ of }: ChoicePoint) => (of === 'ecmp' ? turn : 0) };
    return icmpError(new Run(world, chooser, FRESH), ended, { about, stack, type: 11, code: 0, delayMs: 0 })?.source;
  });
  const own = (dev: string) =>
    built.facts
      .partition('address', scope)
      ?.facts.filter((one) => one.dev === dev)
      .map(({ address }) => address);
  assert.ok(sources.every((source, turn) => source !== undefined && own([uplink, bridge][turn] ?? '')?.includes(source)));
});
