import type { Cidr } from '#net/cidr';
import { defineKind, type Fact } from '../kind.ts';
import type { Labels } from '../label-selector.ts';

/** A NetworkSet or GlobalNetworkSet of Calico: addresses that selectors find by labels. Cluster scope. */
export type CalicoNetworkSet = Fact & {
  /** `null`: a GlobalNetworkSet. */
  readonly namespace: string | null;
  readonly name: string;
  readonly labels: Labels;
  readonly nets: readonly Cidr[];
};

export const calicoNetworkSet = defineKind<CalicoNetworkSet>()({
  id: 'calico-network-set',
  is: 'a NetworkSet or GlobalNetworkSet of Calico',
  key: (fact) => `${fact.namespace ?? ''}/${fact.name}`,
  part: (fact) => (fact.namespace === null ? 'global' : 'namespaced'),
  parts: ['global', 'namespaced'],
  capture: 'kubectl get networksets.crd.projectcalico.org,globalnetworksets.crd.projectcalico.org -A -o json',
});
