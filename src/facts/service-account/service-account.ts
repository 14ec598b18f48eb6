import { defineKind, type Fact } from '../kind.ts';
import type { Labels } from '../label-selector.ts';

/** A ServiceAccount. Cluster scope. */
export type ServiceAccount = Fact & { readonly namespace: string; readonly name: string; readonly labels: Labels };

export const serviceAccount = defineKind<ServiceAccount>()({
  id: 'service-account',
  is: 'a ServiceAccount',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get serviceaccounts -A -o json',
});
