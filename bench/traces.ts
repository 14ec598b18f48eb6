import { worldOf } from '#dataplane/world';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { trace } from '#sim/packet/trace';
import { onNode } from '#snapshot/scope';
import { withNft } from '#testing/nft-text';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import { type Figure, medianUs } from './measure.ts';
import { addressOf, nftServices } from './nft-services.ts';

const SIZES = [10, 10_000];

/** Finds the rule of an address as a simulator without tables would: rule by rule. */
function scan(tables: readonly FactOf<'iptables'>[], address: string): number {
  let found = 0;
  for (const { chains } of tables)
    for (const { rules } of chains) for (const rule of rules) if (rule.destination?.value === address) found++;
  return found;
}

/** The same in native tables: element by element of every set. */
function scanSets(tables: readonly FactOf<'nft'>[], address: string): number {
  let found = 0;
  for (const { sets } of tables)
    for (const { elements } of sets) for (const { key } of elements) if (JSON.stringify(key).includes(address)) found++;
  return found;
}

function traced({ facts, nodes }: BuiltCluster, to: string): () => unknown {
  const pod = nodes[0]?.pods[0];
  if (pod === undefined) throw new Error('a cluster without pods');
  const world = worldOf(facts);
  const flow = { from: pod.scope, to: ip`${to}`, protocol: 'tcp', port: 80 } as const;
  const { outcomes } = trace(world, flow);
  if (!outcomes.some(({ works }) => works === 'yes')) throw new Error(`no trace to ${to} comes back`);
  return () => trace(world, flow);
}

const figure = (of: string, run: () => unknown, baseline: () => unknown): Figure => ({
  of,
  value: medianUs(run, 20),
  unit: 'µs',
  baseline: medianUs(baseline, 20),
});

function throughIptables(services: number): Figure {
  const built = cluster({ nodes: 3, podsPerNode: 2, extraServices: services });
  const tables = built.facts.seen('iptables', onNode(built.nodes[0]?.name ?? ''));
  const rules = tables.is === 'seen' ? tables.value : [];
  return figure(`a trace through a Service, of ${services}`, traced(built, '10.96.31.62'), () => scan(rules, '10.96.31.62/32'));
}

function throughNft(services: number): Figure {
  const built = cluster({ nodes: 3, podsPerNode: 2 });
  const [first, ...others] = built.nodes;
  const [one, other] = others.map(({ pods }) => pods[0]?.address ?? '');
  if (first === undefined || one === undefined || other === undefined) throw new Error('a cluster of too few nodes');
  const native = withNft(built, first.scope, nftServices(services, [one, other]));
  const address = addressOf(services >> 1);
  const tables = nftOf(native.facts, first.name);
  return figure(`the same where kube-proxy uses nftables, of ${services}`, traced(native, address), () => scanSets(tables, address));
}

function nftOf(facts: Facts, node: string): readonly FactOf<'nft'>[] {
  const seen = facts.seen('nft', onNode(node));
  return seen.is === 'seen' ? seen.value : [];
}

/** One trace of a pod through a Service, there and back, among few and many Services; baseline: one linear scan of the rules. */
export const traceFigures = (): readonly Figure[] => [...SIZES.map(throughIptables), ...SIZES.map(throughNft)];
