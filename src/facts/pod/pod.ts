import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A port of a container as the Pod's spec lists it. */
export type PodPort = {
  readonly name: string | null;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly host: { readonly address: Ip | null; readonly port: number } | null;
};

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
  readonly hostIp?: Told<Ip | null>;
  readonly serviceAccount?: Told<string>;
  /** The ports that its containers name or list; `host` where one is taken on the node too. */
  readonly ports?: Told<readonly PodPort[]>;
};

export const pod = defineKind<Pod>()({
  id: 'pod',
  is: 'a Kubernetes Pod',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get pods -A -o json',
});
