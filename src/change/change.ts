import type { Facts } from '#facts/facts';
import type { Gap } from '#snapshot/gap';
import type { Scope } from '#snapshot/scope';

/** Something done to the cluster, as data: which action, where, with which parameters. JSON carries it. */
export type Action<P = unknown> = {
  /** The action's folder: `sysctl`, `route`, `etcd-key`, `unit-restart` …. */
  readonly do: string;
  /** Where it is performed. Reaching etcd counts as the node that asks. */
  readonly on: Scope;
  readonly params: P;
};

/** What an action does to the facts, or why that cannot be told. */
export type Preview = { readonly is: 'facts'; readonly facts: Facts } | { readonly is: 'unknown'; readonly gap: Gap };

/** The pure half of an action: `actions/<id>/preview.ts`. */
export type ActionDefinition<P> = {
  readonly id: string;
  /** What it needs on the node: `root`, `CAP_NET_ADMIN`, write access to etcd. */
  readonly rights: string;
  /** The change in lines, as a diff reads: `- net.ipv4.ip_forward = 0`, `+ net.ipv4.ip_forward = 1`. */
  readonly diff: (facts: Facts, action: Action<P>) => readonly string[];
  /** The literal command line that a person would type for it. */
  readonly command: (action: Action<P>) => string;
  readonly preview: (facts: Facts, action: Action<P>) => Preview;
};

export const defineAction = <P>(action: ActionDefinition<P>): ActionDefinition<P> => action;
