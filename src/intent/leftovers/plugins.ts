import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';

/** A pod network with the programs that its routes show, the daemon that keeps them, and its own CNI plugin. */
export type Plugin = { readonly name: string; readonly owners: readonly string[]; readonly daemon: RegExp; readonly type: string | null };

/** The pod networks that are told apart; kube-router calls the plain bridge plugin, which others call too. */
export const PLUGINS: readonly Plugin[] = [
  { name: 'flannel', owners: ['flanneld'], daemon: /^flanneld$/, type: 'flannel' },
  { name: 'Calico', owners: ['Calico', 'Calico (BIRD)'], daemon: /^(calico-(node|felix)|felix|bird6?)$/, type: 'calico' },
  { name: 'Cilium', owners: ['Cilium'], daemon: /^cilium-agent$/, type: 'cilium-cni' },
  { name: 'kube-router', owners: ['kube-router'], daemon: /^kube-router$/, type: null },
];

/**
 * The pod networks whose daemons run on a node; where none does there, those of the other nodes: its own has ended, and the cluster has it
 * all the same. Any may run on a node whose processes were not read.
 */
export function pluginsOn(facts: Facts, node: string): Seen<readonly Plugin[]> {
  const own = facts.seen('process', onNode(node));
  if (own.is === 'gap') return own;
  const here = amongst(own.value);
  if (here.length > 0) return seen(here, own.origins);
  const others = facts.nodes().map((other) => facts.seen('process', onNode(other)));
  const unread = others.find((one) => one.is === 'gap');
  return unread ?? seen(amongst(others.flatMap((one) => (one.is === 'seen' ? one.value : []))), own.origins);
}

const amongst = (processes: readonly FactOf<'process'>[]): readonly Plugin[] =>
  PLUGINS.filter(({ daemon }) => processes.some(({ name }) => daemon.test(name)));
