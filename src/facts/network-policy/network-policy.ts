import type { Cidr } from '#net/cidr';
import { defineKind, type Fact } from '../kind.ts';
import type { LabelSelector } from '../label-selector.ts';

/** Whom a rule is about: pods by labels, or addresses. */
export type PolicyPeer =
  | { readonly is: 'pods'; readonly pods: LabelSelector | null; readonly namespaces: LabelSelector | null }
  | { readonly is: 'block'; readonly cidr: Cidr; readonly except: readonly Cidr[] }
  /** What the API would refuse: it is not known what a plugin makes of it. */
  | { readonly is: 'unclear'; readonly why: string };

/** A port of a rule: a number, a range up to `endPort`, a name of the destination's ports, or (`null`) all of its protocol. */
export type PolicyPort = { readonly protocol: string; readonly port: number | string | null; readonly endPort: number | null };

/** One rule; `null` in place of a list: everyone, or every port of every protocol. */
export type PolicyRule = {
  /** Its place in the object: `spec.ingress[0]`. */
  readonly path: string;
  readonly peers: readonly PolicyPeer[] | null;
  readonly ports: readonly PolicyPort[] | null;
};

/** A NetworkPolicy of networking.k8s.io/v1. Cluster scope. */
export type NetworkPolicy = Fact & {
  readonly namespace: string;
  readonly name: string;
  readonly pods: LabelSelector;
  readonly types: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly PolicyRule[];
  readonly egress: readonly PolicyRule[];
};

export const networkPolicy = defineKind<NetworkPolicy>()({
  id: 'network-policy',
  is: 'a NetworkPolicy',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get networkpolicies.networking.k8s.io -A -o json',
});
