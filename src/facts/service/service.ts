import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A Kubernetes Service. Cluster scope. */
export type Service = Fact & {
  readonly namespace: string;
  readonly name: string;
  readonly type: Told<string>;
  /** Empty for headless Services. */
  readonly clusterIps: readonly Ip[];
  readonly ports: readonly {
    readonly name: string;
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly port: number;
    readonly targetPort: Told<string>;
    readonly nodePort: Told<number | null>;
  }[];
  readonly selector: Told<Readonly<Record<string, string>> | null>;
};

export const service = defineKind<Service>()({
  id: 'service',
  is: 'a Kubernetes Service',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get services -A -o json',
});
