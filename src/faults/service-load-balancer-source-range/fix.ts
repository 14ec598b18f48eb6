import { changeService, kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Ip } from '#net/ip';

/** One more range for each address that came in vain, and nobody else. */
export const fix = (facts: Facts, service: FactOf<'service'>, clients: readonly Ip[]): Plan => ({
  steps: [
    changeService(kubectlNode(facts), service, {
      field: 'loadBalancerSourceRanges',
      value: [...(service.policy?.sourceRanges ?? []), ...clients.map((client) => `${client}/${client.includes(':') ? 128 : 32}`)],
    }),
  ],
  blast: {
    en: `${clients.join(', ')} may come to ${service.namespace}/${service.name}; whether that is wanted only its owner knows`,
    zh: `${clients.join('、')} 将可访问 ${service.namespace}/${service.name}；是否应当放行由其负责人决定`,
  },
  lasting: {
    en: 'write it where the Service comes from (chart, manifest, operator), as the network of those clients and not as single addresses; where clients come through a proxy or NAT its address counts; pods should call the cluster address, for their own addresses change',
    zh: '在 Service 的来源（Helm chart、清单、Operator）中写入客户端所在网段，而不是单个地址；若客户端经过代理或 NAT，应写其出口地址；Pod 的地址会变化，集群内应改用 ClusterIP',
  },
});
