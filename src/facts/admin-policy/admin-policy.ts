import type { Cidr } from '#net/cidr';
import { defineKind, type Fact } from '../kind.ts';
import type { LabelSelector } from '../label-selector.ts';

/** Whom a rule of an administrator is about, or a policy as a whole: pods by the labels of both, nodes by theirs, addresses. */
export type AdminPeer =
  | { readonly is: 'pods'; readonly namespaces: LabelSelector; readonly pods: LabelSelector }
  | { readonly is: 'nodes'; readonly labels: LabelSelector }
  | { readonly is: 'networks'; readonly cidrs: readonly Cidr[] }
  /** What is not understood: nobody knows whom it holds. */
  | { readonly is: 'unclear'; readonly why: string };

/** A port of a rule: from a number to a number of one protocol (`null`: every one), a name of the destination's ports, or what is not understood. */
export type AdminPort =
  | { readonly is: 'range'; readonly protocol: string; readonly range: readonly [from: number, to: number] | null }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'unclear'; readonly why: string };

/** One rule; the first one that holds decides. */
export type AdminRule = {
  /** Its place in the object: `spec.ingress[0]`. */
  readonly path: string;
  /** `null`: a word that is not known. `Accept` of ClusterNetworkPolicy is `Allow`. */
  readonly action: 'Allow' | 'Deny' | 'Pass' | null;
  readonly peers: readonly AdminPeer[];
  /** `null`: every port of every protocol. */
  readonly ports: readonly AdminPort[] | null;
  /** A field of it that is not understood may make it hold less. */
  readonly unclear: string | null;
};

/**
 * An AdminNetworkPolicy, a BaselineAdminNetworkPolicy or a ClusterNetworkPolicy of policy.networking.k8s.io: rules that stand before
 * NetworkPolicies (`Admin`) or behind them (`Baseline`). Cluster scope.
 */
export type AdminPolicy = Fact & {
  readonly kind: string;
  readonly name: string;
  /** `null`: a tier that is not known. */
  readonly tier: 'Admin' | 'Baseline' | null;
  /** Lower ones are asked first; `null`: it has none, as it is alone in its tier. */
  readonly priority: number | null;
  readonly subject: AdminPeer;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
};

export const adminPolicy = defineKind<AdminPolicy>()({
  id: 'admin-policy',
  is: 'a policy of the cluster’s administrator, before or behind NetworkPolicies',
  key: (fact) => `${fact.kind} ${fact.name}`,
  capture: 'kubectl get adminnetworkpolicies,baselineadminnetworkpolicies,clusternetworkpolicies.policy.networking.k8s.io -o json',
});
