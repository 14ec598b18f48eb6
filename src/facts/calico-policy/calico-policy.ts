import type { Cidr } from '#net/cidr';
import { defineKind, type Fact } from '../kind.ts';

/** A port of a Calico rule: a number, a range, or a name. */
export type CalicoPort =
  | { readonly is: 'range'; readonly from: number; readonly to: number }
  | { readonly is: 'name'; readonly name: string };

/** One end of a rule: everything that is told must hold. Selectors are kept as written; empty ones ask nothing. */
export type CalicoEntity = {
  readonly nets: readonly Cidr[] | null;
  readonly notNets: readonly Cidr[];
  readonly selector: string;
  readonly notSelector: string;
  readonly namespaceSelector: string;
  readonly serviceAccounts: { readonly names: readonly string[]; readonly selector: string } | null;
  readonly service: { readonly namespace: string | null; readonly name: string } | null;
  readonly ports: readonly CalicoPort[] | null;
  readonly notPorts: readonly CalicoPort[];
};

/** Fields of an ICMP header that a rule asks for. */
export type CalicoIcmp = { readonly type: number | null; readonly code: number | null };

/** One rule of a Calico policy. */
export type CalicoRule = {
  readonly path: string;
  readonly action: 'Allow' | 'Deny' | 'Log' | 'Pass';
  readonly ipVersion: 4 | 6 | null;
  /** Upper-case name, or the number as text. */
  readonly protocol: string | null;
  readonly notProtocol: string | null;
  readonly icmp: CalicoIcmp | null;
  readonly notIcmp: CalicoIcmp | null;
  readonly source: CalicoEntity;
  readonly destination: CalicoEntity;
  /** Set where it asks for what cannot be told from addresses and labels: HTTP, domains, or what is not understood. */
  readonly unclear: string | null;
};

/** A NetworkPolicy or GlobalNetworkPolicy of Calico. Cluster scope. */
export type CalicoPolicy = Fact & {
  /** `null`: a GlobalNetworkPolicy. */
  readonly namespace: string | null;
  readonly name: string;
  readonly tier: string;
  /** `null`: after all that have one. */
  readonly order: number | null;
  readonly selector: string;
  readonly namespaceSelector: string;
  readonly serviceAccountSelector: string;
  readonly types: readonly ('Ingress' | 'Egress')[];
  readonly ingress: readonly CalicoRule[];
  readonly egress: readonly CalicoRule[];
  readonly applyOnForward: boolean;
  readonly preDnat: boolean;
  readonly doNotTrack: boolean;
};

export const calicoPolicy = defineKind<CalicoPolicy>()({
  id: 'calico-policy',
  is: 'a NetworkPolicy or GlobalNetworkPolicy of Calico',
  key: (fact) => `${fact.namespace ?? ''}/${fact.name}`,
  part: (fact) => (fact.namespace === null ? 'global' : 'namespaced'),
  parts: ['global', 'namespaced'],
  capture: 'kubectl get networkpolicies.crd.projectcalico.org,globalnetworkpolicies.crd.projectcalico.org -A -o json',
});
