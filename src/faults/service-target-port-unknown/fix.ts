import { changeService, kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import type { UnknownPort } from './unknown-port.ts';

/** The target port by a name that the pods have. */
export function fix(facts: Facts, service: FactOf<'service'>, { at, meant, pod }: UnknownPort): Plan {
  const shared = {
    blast: {
      en: `${service.namespace}/${service.name} leads to its pods; nothing reached them through it before`,
      zh: `${service.namespace}/${service.name} 会开始把流量转给其 Pod，此前没有流量经它到达`,
    },
    lasting: {
      en: 'change it where the Service comes from (chart, manifest, operator), or it is written back with the next rollout',
      zh: '请在 Service 的来源（Helm chart、清单、Operator）中修改，否则下次发布会被改回',
    },
  };
  if (meant !== null)
    return { steps: [changeService(kubectlNode(facts), service, { field: 'targetPort', port: at, value: meant })], ...shared };
  const command = `kubectl -n ${service.namespace} get pod ${pod.name} -o jsonpath='{.spec.containers[*].ports}'`;
  return { steps: [], manual: { en: `see which port is meant: ${command}`, zh: `确认应使用哪个端口：${command}` }, ...shared };
}
