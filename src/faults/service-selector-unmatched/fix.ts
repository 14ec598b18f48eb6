import { changeService, kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { Near } from './near.ts';

/** The selector as the pods that are meant have their labels. */
export const fix = (facts: Facts, service: FactOf<'service'>, { selector, pods }: Near): Plan => ({
  steps: [changeService(kubectlNode(facts), service, { field: 'selector', value: selector })],
  blast: {
    en: `${service.namespace}/${service.name} leads to ${pods.length} pods that got nothing from it before`,
    zh: `${service.namespace}/${service.name} 会开始把流量转给 ${pods.length} 个此前没有流量的 Pod`,
  },
  lasting: {
    en: 'change it where the Service comes from (chart, manifest, operator), or it is written back with the next rollout; a Deployment cannot change its own selector, so it is the Service that follows the pods',
    zh: '请在 Service 的来源（Helm chart、清单、Operator）中修改，否则下次发布会被改回；Deployment 的 selector 不可变，应由 Service 适配 Pod 标签',
  },
});
