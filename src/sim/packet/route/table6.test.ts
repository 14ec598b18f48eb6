import assert from 'node:assert/strict';
import test from 'node:test';
import { worldOf } from '#dataplane/world';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { PrefixTable } from '#net/prefix-table';
import { cluster } from '#testing/world-builder';
import type { RouteFlow } from './flow.ts';
import { search6 } from './table6.ts';

const healthy = cluster({ nodes: 2, podsPerNode: 1 });
const { scope, uplink, bridge } = healthy.node('A');

/**
 * Measured on Linux 6.18 behind default routes by r2 with metric 2 and by r3 with metric 10: `-m rpfilter --invert` counts nothing that
 * comes in by either, and what comes in by r3 once the second route is gone.
 */
test('rpfilter takes the way by its device whatever the metric, else the first (rt6_device_match)', () => {
  const near = plainRoute(cidr`::/0`, uplink, { metric: 2 });
  const far = plainRoute(cidr`::/0`, bridge, { metric: 10 });
  const flow: RouteFlow = { source: null, destination: ip`fd00:96::10`, iif: 'lo', oif: bridge, mark: 0, packet: null };
  const by = (routes: readonly (typeof near)[], anyMetric: boolean): string | null | undefined => {
    const { facts } = routes.reduce((now, route) => now.put('route', scope, route), healthy);
    const [stack, told] = [worldOf(facts).stack(scope), facts.partition('route', scope)?.facts ?? []];
    assert.ok(stack !== undefined);
    const own = told.filter(({ to }) => to === '::/0').map((route) => [route.to, route] as const);
    const found = search6(stack, new PrefixTable(own), anyMetric ? { ...flow, anyMetric } : flow);
    return found === undefined || 'gap' in found ? undefined : found.hops[0]?.dev;
  };
  assert.deepEqual([by([near, far], true), by([near, far], false), by([near], true)], [bridge, uplink, uplink]);
});
