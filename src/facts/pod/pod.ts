import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A Kubernetes Pod. Cluster scope. */
export type Pod = Fact & {
  readonly namespace: string;
  readonly name: string;
  readonly uid: Told<string>;
  readonly node: Told<string | null>;
  readonly addresses: readonly Ip[];
  readonly hostNetwork: Told<boolean>;
  readonly phase: Told<string>;
  readonly ready: Told<boolean>;
  readonly labels: Told<Readonly<Record<string, string>>>;
};

export const pod = defineKind<Pod>()({
  id: 'pod',
  is: 'a Kubernetes Pod',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get pods -A -o json',
});
