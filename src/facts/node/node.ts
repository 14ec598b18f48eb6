import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** A Kubernetes Node object. Cluster scope. */
export type KubernetesNode = Fact & {
  readonly name: string;
  readonly internalIps: readonly Ip[];
  readonly podCidrs: readonly Cidr[];
  readonly ready: Told<{
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    readonly lastHeartbeat: string | null;
    readonly lastTransition: string | null;
  } | null>;
  readonly kubeletVersion: Told<string>;
  readonly annotations: Told<Readonly<Record<string, string>>>;
  readonly labels?: Told<Readonly<Record<string, string>>>;
};

export const node = defineKind<KubernetesNode>()({
  id: 'node',
  is: 'a Kubernetes Node object',
  key: (fact) => fact.name,
  capture: 'kubectl get nodes -o json',
});
