import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Source } from '#intent/kube-proxy/answers';
import type { Front } from '#intent/kube-proxy/fronts';
import type { Origin } from '#snapshot/origin';
import { onNode } from '#snapshot/scope';
import { keptByRules } from './affinity.ts';
import type { Deviation } from './deviation.ts';
import { chainOf, dport } from './written.ts';

type Table = FactOf<'iptables'>;

/** A setting of a Service that no single packet shows, as a node's rules have it otherwise. */
export type SettingDeviation = { readonly deviation: Deviation; readonly origin: Origin };

/**
 * How long rules keep a client with its endpoint, and whether they let a balancer in that asks for the node's health (iptables
 * mode). Each is compared once: for pods at the cluster IP, for clients outside at the node port.
 */
export function settingDeviations(facts: Facts, node: string, front: Front, source: Source): readonly SettingDeviation[] {
  const read = facts.seen('iptables', onNode(node));
  const tables = read.is === 'gap' ? [] : read.value.filter(({ family }) => family === front.family);
  if (front.kind === 'cluster IP' && source.is === 'pod') return affinity(facts, node, front);
  return front.kind === 'node port' && source.is === 'outside' ? health(tables, front) : [];
}

/** In nftables' mode too. */
function affinity(facts: Facts, node: string, front: Front): readonly SettingDeviation[] {
  const kept = keptByRules(facts, node, front);
  const shouldBe = front.policy.affinitySeconds;
  if (kept === undefined || kept.seconds === shouldBe) return [];
  return [{ deviation: { is: 'affinity', seconds: kept.seconds, shouldBe }, origin: kept.origin }];
}

/** Rules that are not there at all are another deviation. */
function health(tables: readonly Table[], { policy, service }: Front): readonly SettingDeviation[] {
  const port = policy.healthCheckNodePort;
  const own = tables.find((table) => table.table === 'filter' && chainOf(table, 'KUBE-NODEPORTS') !== undefined);
  const chain = own === undefined ? undefined : chainOf(own, 'KUBE-NODEPORTS');
  if (port === null || chain === undefined) return [];
  const isIn = chain.rules.some((rule) => rule.target?.name === 'ACCEPT' && dport(rule) === port);
  return isIn ? [] : [{ deviation: { is: 'health port closed', port, of: `${service.namespace}/${service.name}` }, origin: chain.origin }];
}
