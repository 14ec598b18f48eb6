import { changeService, kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';

/** Every node answers with any endpoint; what it costs is the client's address. */
export const fix = (facts: Facts, service: FactOf<'service'>): Plan => ({
  steps: [changeService(kubectlNode(facts), service, { field: 'externalTrafficPolicy', value: 'Cluster' })],
  blast: {
    en: `pods of ${service.namespace}/${service.name} see the address of a node instead of the client's: allow-lists, NetworkPolicies with ipBlock and logs by client address no longer hold`,
    zh: `${service.namespace}/${service.name} 的 Pod 看到的是节点地址而非客户端地址：按客户端地址的白名单、ipBlock 策略和日志会失效`,
  },
  lasting: {
    en: 'to keep client addresses keep Local, and send clients only to nodes with an endpoint: a balancer must ask healthCheckNodePort, kube-vip needs svc_election (one leader for each Service), a fixed VIP or DNS name needs a pod on each node that it leads to (a DaemonSet, or affinity to those nodes)',
    zh: '若要保留客户端地址，则保持 Local，并只把客户端引到有 endpoint 的节点：负载均衡器需检查 healthCheckNodePort，kube-vip 需启用 svc_election（每个 Service 单独选主），固定 VIP 或 DNS 则需保证其所指节点上都有 Pod（DaemonSet 或节点亲和）',
  },
});
