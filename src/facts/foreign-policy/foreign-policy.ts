import { defineKind, type Fact } from '../kind.ts';

/** A policy of an API that is not evaluated: CiliumNetworkPolicy, EgressFirewall and their like. Cluster scope. */
export type ForeignPolicy = Fact & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
};

export const foreignPolicy = defineKind<ForeignPolicy>()({
  id: 'foreign-policy',
  is: 'a policy of an API that is not evaluated',
  key: (fact) => `${fact.kind} ${fact.namespace ?? ''}/${fact.name}`,
  capture: 'kubectl get ciliumnetworkpolicies,ciliumclusterwidenetworkpolicies -A -o json',
});
