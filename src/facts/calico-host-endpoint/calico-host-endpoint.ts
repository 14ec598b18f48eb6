import type { Ip } from '#net/ip';
import { defineKind, type Fact } from '../kind.ts';
import type { Labels } from '../label-selector.ts';

/** A HostEndpoint of Calico: an interface of a node (or all, `*`) that policies select. Cluster scope. */
export type CalicoHostEndpoint = Fact & {
  readonly name: string;
  readonly node: string;
  readonly interfaceName: string | null;
  readonly expectedIps: readonly Ip[];
  readonly labels: Labels;
  readonly profiles: readonly string[];
};

export const calicoHostEndpoint = defineKind<CalicoHostEndpoint>()({
  id: 'calico-host-endpoint',
  is: 'a HostEndpoint of Calico',
  key: (fact) => fact.name,
  capture: 'kubectl get hostendpoints.crd.projectcalico.org -o json',
});
