import type { FactOf } from '#facts/kinds';

/** A pod network with the programs that its routes show, the daemon that keeps them, and its own CNI plugin. */
export type Plugin = { readonly name: string; readonly owners: readonly string[]; readonly daemon: RegExp; readonly type: string | null };

/** The pod networks that are told apart; kube-router calls the plain bridge plugin, which others call too. */
export const PLUGINS: readonly Plugin[] = [
  { name: 'flannel', owners: ['flanneld'], daemon: /^flanneld$/, type: 'flannel' },
  { name: 'Calico', owners: ['Calico', 'Calico (BIRD)'], daemon: /^(calico-(node|felix)|felix|bird6?)$/, type: 'calico' },
  { name: 'Cilium', owners: ['Cilium'], daemon: /^cilium-agent$/, type: 'cilium-cni' },
  { name: 'kube-router', owners: ['kube-router'], daemon: /^kube-router$/, type: null },
];

/** Whether a plugin's daemon is among the processes of a node. */
export const runsAmong = (processes: readonly FactOf<'process'>[], { daemon }: Plugin): boolean =>
  processes.some(({ name }) => daemon.test(name));
