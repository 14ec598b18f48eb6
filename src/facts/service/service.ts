import type { Cidr } from '#net/cidr';
import type { Ip } from '#net/ip';
import { defineKind, type Fact, type Told } from '../kind.ts';

/** An address that a load balancer gave the Service. */
export type LoadBalancerAddress = {
  readonly address: Ip | null;
  readonly hostname: string | null;
  /** `Proxy`: the balancer ends connections itself, so nodes do not answer for the address. */
  readonly mode: 'VIP' | 'Proxy';
};

/** What a Service says of how its addresses are served (core/v1 ServiceSpec). */
export type ServicePolicy = {
  readonly headless: boolean;
  readonly external: 'Cluster' | 'Local';
  readonly internal: 'Cluster' | 'Local';
  /** Seconds for which a client stays with its endpoint (ClientIP); `null`: none. */
  readonly affinitySeconds: number | null;
  readonly externalIps: readonly Ip[];
  readonly loadBalancer: readonly LoadBalancerAddress[];
  readonly loadBalancerClass: string | null;
  readonly sourceRanges: readonly Cidr[];
  readonly healthCheckNodePort: number | null;
  readonly publishNotReady: boolean;
  readonly trafficDistribution: string | null;
  /** Another program than kube-proxy is to serve it (label service.kubernetes.io/service-proxy-name). */
  readonly otherProxy: string | null;
  readonly annotations: Readonly<Record<string, string>>;
};

/** A Kubernetes Service. Cluster scope. */
export type Service = Fact & {
  readonly namespace: string;
  readonly name: string;
  readonly type: Told<string>;
  /** Empty for headless Services. */
  readonly clusterIps: readonly Ip[];
  readonly ports: readonly {
    readonly name: Told<string>;
    readonly protocol: 'TCP' | 'UDP' | 'SCTP';
    readonly port: number;
    readonly targetPort: Told<string>;
    readonly nodePort: Told<number | null>;
  }[];
  readonly selector: Told<Readonly<Record<string, string>> | null>;
  /** How its addresses are to be served; a form that tells no objects does not tell it. */
  readonly policy?: Told<ServicePolicy>;
};

export const service = defineKind<Service>()({
  id: 'service',
  is: 'a Kubernetes Service',
  key: (fact) => `${fact.namespace}/${fact.name}`,
  capture: 'kubectl get services -A -o json',
});
