import { defineKind, type Fact } from '../kind.ts';
import type { Labels } from '../label-selector.ts';

/** A Namespace of Kubernetes. Cluster scope. */
export type KubernetesNamespace = Fact & { readonly name: string; readonly labels: Labels };

export const kubernetesNamespace = defineKind<KubernetesNamespace>()({
  id: 'kubernetes-namespace',
  is: 'a Namespace of Kubernetes',
  key: (fact) => fact.name,
  capture: 'kubectl get namespaces -o json',
});
