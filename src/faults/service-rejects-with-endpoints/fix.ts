import { changeSlice } from '#actions/endpoint-slice/preview';
import { kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import { startKubeProxy } from '#engine/plans/kube-proxy-start';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { kubeProxyUnit } from '#intent/kube-proxy/daemon';
import { CLUSTER } from '#snapshot/scope';
import type { Refused } from './refused.ts';

export const fix = (facts: Facts, service: FactOf<'service'>, refused: Refused): Plan =>
  refused.is === 'not joined' ? renamed(facts, service, refused) : followed(facts, refused.nodes);

/** The slice's port gets the Service's name for it; a slice that is copied from an Endpoints object only that one changes. */
function renamed(facts: Facts, service: FactOf<'service'>, { slice, at, port }: Extract<Refused, { is: 'not joined' }>): Plan {
  const name = `${service.namespace}/${service.name}`;
  const common = {
    blast: { en: `${name} leads to its endpoints`, zh: `${name} 开始转发到它的 endpoint` },
    lasting: {
      en: 'write it where the slice comes from; a Service with one port may leave its name out, and then the slice must leave it out too',
      zh: '在该 EndpointSlice 的来源中修改；只有一个端口的 Service 可以不写端口名，此时 EndpointSlice 也必须不写',
    },
  };
  const slices = facts.seen('endpoints', CLUSTER);
  const copied =
    slices.is === 'seen' && slices.value.some((one) => one.namespace === service.namespace && one.name === service.name && one !== slice);
  const was = slice.ports[at]?.name ?? '';
  if (!copied) return { steps: [changeSlice(kubectlNode(facts), slice, { is: 'port-name', at, was, name: port.name })], ...common };
  const command = `kubectl -n ${service.namespace} edit endpoints ${service.name}: name "${port.name}" instead of "${was}" under subsets[].ports[]`;
  return { steps: [], manual: { en: command, zh: command }, ...common };
}

/** Every kube-proxy starts anew, and writes all of its rules. */
function followed(facts: Facts, nodes: readonly string[]): Plan {
  const plans = nodes.map((node) => startKubeProxy(node, kubeProxyUnit(facts, node)));
  const manual = plans.flatMap((plan) => plan.manual ?? []);
  const byHand = plans.flatMap((plan) => plan.byHand ?? []);
  const common = {
    blast: {
      en: `kube-proxy on ${nodes.join(', ')} writes all of its rules anew; connections that are up stay up`,
      zh: `${nodes.join('、')} 上的 kube-proxy 会重写全部规则，已有连接不受影响`,
    },
    lasting: {
      en: 'that all stand still has one cause: the API server as they reach it (a balancer in front, half-open connections), an expired token or certificate, missing rights to list endpointslices, or one bad release; their log tells',
      zh: '所有 kube-proxy 同时停滞必有共同原因：到 API Server 的路径（前置负载均衡、半开连接）、令牌或证书过期、缺少 endpointslices 的 list 权限，或版本缺陷；查看其日志',
    },
  };
  if (manual.length === 0) return { steps: plans.flatMap(({ steps }) => steps), ...common };
  const command = { en: manual.map(({ en }) => en).join('; '), zh: manual.map(({ zh }) => zh).join('; ') };
  return { steps: [], manual: command, byHand: [...plans.flatMap(({ steps }) => steps), ...byHand], ...common };
}
