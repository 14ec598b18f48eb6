import { changeSlice, type NewEndpoint } from '#actions/endpoint-slice/preview';
import { kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { nameOf } from '#intent/endpoint-slices/empty-services';
import type { LeftOut } from '#intent/endpoint-slices/left-out';
import { familyOfSlice, slicePart } from '#intent/endpoint-slices/selected';

const LASTING = {
  en: 'the EndpointSlice controller does not follow: see that kube-controller-manager runs and leads (`kubectl -n kube-system get lease kube-controller-manager`), that its log has no errors of endpointslice_controller, and that a quota or an admission webhook does not refuse its writes; once it runs it writes the slice itself',
  zh: 'EndpointSlice 控制器没有跟进：检查 kube-controller-manager 是否运行且持有租约（`kubectl -n kube-system get lease kube-controller-manager`）、日志中有无 endpointslice_controller 报错、是否被配额或准入 webhook 拒绝写入；恢复后它会自行更新',
} as const;

/** Lists the pods in the Service's first slice of each family in which they are not; a slice that is not there only its controller makes. */
export function fix(facts: Facts, left: LeftOut): Plan {
  const service = nameOf(left.service);
  const blast = {
    en: `${left.pods.length === 1 ? 'the pod gets its share' : `${left.pods.length} pods get their shares`} of new connections to ${service}`,
    zh: `${left.pods.length} 个 Pod 会开始接收 ${service} 的新连接`,
  };
  const parts = left.byFamily.map(({ family, pods }) => ({
    slice: left.slices.find((one) => familyOfSlice(one, left.service) === family),
    ...slicePart(left.service, pods, family),
  }));
  if (parts.some(({ slice }) => slice === undefined)) {
    const command = 'kubectl -n kube-system delete pod -l component=kube-controller-manager';
    return { steps: [], manual: { en: command, zh: command }, blast, lasting: LASTING };
  }
  const on = kubectlNode(facts);
  const steps = parts.flatMap(({ slice, addresses, ports }) => {
    const endpoints = addresses.map(({ address, node, pod }): NewEndpoint => ({ address, node: node ?? null, pod: pod ?? null }));
    if (slice === undefined) return [];
    return slice.addresses.length === 0
      ? [changeSlice(on, slice, { is: 'fill', endpoints, ports })]
      : endpoints.map((endpoint) => changeSlice(on, slice, { is: 'add', endpoint }));
  });
  return { steps, blast, lasting: LASTING };
}
