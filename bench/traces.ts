import { worldOf } from '#dataplane/world';
import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { trace } from '#sim/packet/trace';
import { cluster } from '#testing/world-builder';
import { type Figure, medianUs } from './measure.ts';

/** Finds the rule of an address as a simulator without tables would: rule by rule. */
function scan(tables: readonly FactOf<'iptables'>[], address: string): number {
  let found = 0;
  for (const { chains } of tables)
    for (const { rules } of chains) for (const rule of rules) if (rule.destination?.value === address) found++;
  return found;
}

/** One trace of a pod through a Service, there and back, among few and many Services; baseline: one linear scan of the rules. */
export function traceFigures(): readonly Figure[] {
  return [10, 10_000].map((services) => {
    const { facts, ...built } = cluster({ nodes: 3, podsPerNode: 2, extraServices: services });
    const pod = built.nodes[0]?.pods[0];
    if (pod === undefined) throw new Error('a cluster without pods');
    const flow = { from: pod.scope, to: ip`10.96.31.62`, protocol: 'tcp', port: 80 } as const;
    const tables = facts.seen('iptables', { node: pod.node, netns: '' });
    const rules = tables.is === 'seen' ? tables.value : [];
    const world = worldOf(facts);
    return {
      of: `a trace through a Service, of ${services}`,
      value: medianUs(() => trace(world, flow), 20),
      unit: 'µs',
      baseline: medianUs(() => scan(rules, '10.96.31.62/32'), 20),
    };
  });
}
