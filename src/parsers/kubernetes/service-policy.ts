import type { LoadBalancerAddress, ServicePolicy } from '#facts/service/service';
import { type Cidr, parseCidr } from '#net/cidr';
import { type Ip, parseIp } from '#net/ip';
import { booleanAt, listAt, numberAt, textAt, textsAt } from '../document.ts';

/** The API server's default of clientIP.timeoutSeconds. */
const AFFINITY_SECONDS = 10_800;

/** What a Service object says of how its addresses are served; what it leaves out has the API server's default. */
export function servicePolicyOf(service: unknown): ServicePolicy {
  const text = (name: string): string | undefined => textAt(service, 'spec', name);
  const annotations = textsAt(service, 'metadata', 'annotations') ?? {};
  return {
    headless: text('clusterIP') === 'None' || (listAt(service, 'spec', 'clusterIPs') ?? [])[0] === 'None',
    external: text('externalTrafficPolicy') === 'Local' ? 'Local' : 'Cluster',
    internal: text('internalTrafficPolicy') === 'Local' ? 'Local' : 'Cluster',
    affinitySeconds:
      text('sessionAffinity') === 'ClientIP'
        ? (numberAt(service, 'spec', 'sessionAffinityConfig', 'clientIP', 'timeoutSeconds') ?? AFFINITY_SECONDS)
        : null,
    externalIps: addresses(listAt(service, 'spec', 'externalIPs')),
    loadBalancer: (listAt(service, 'status', 'loadBalancer', 'ingress') ?? []).map(ingressOf),
    loadBalancerClass: text('loadBalancerClass') ?? null,
    sourceRanges: prefixes(listAt(service, 'spec', 'loadBalancerSourceRanges')),
    healthCheckNodePort: numberAt(service, 'spec', 'healthCheckNodePort') || null,
    publishNotReady: booleanAt(service, 'spec', 'publishNotReadyAddresses') ?? false,
    trafficDistribution: text('trafficDistribution') ?? null,
    otherProxy: textsAt(service, 'metadata', 'labels')?.['service.kubernetes.io/service-proxy-name'] ?? null,
    annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !key.includes('last-applied-configuration'))),
  };
}

const addresses = (list: readonly unknown[] | undefined): readonly Ip[] =>
  (list ?? []).flatMap((one) => (typeof one === 'string' ? (parseIp(one) ?? []) : []));

const prefixes = (list: readonly unknown[] | undefined): readonly Cidr[] =>
  (list ?? []).flatMap((one) => (typeof one === 'string' ? (parseCidr(one.trim()) ?? []) : []));

const ingressOf = (one: unknown): LoadBalancerAddress => ({
  address: parseIp(textAt(one, 'ip') ?? '') ?? null,
  hostname: textAt(one, 'hostname') ?? null,
  mode: textAt(one, 'ipMode') === 'Proxy' ? 'Proxy' : 'VIP',
});
