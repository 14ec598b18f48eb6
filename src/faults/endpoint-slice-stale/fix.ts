import { changeSlice, type NewEndpoint } from '#actions/endpoint-slice/preview';
import { kubectlNode } from '#actions/service-spec/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { familyOf } from '#net/ip';
import { addressIn, selectedPods } from '#intent/endpoint-slices/selected';
import type { Stray } from '#intent/endpoint-slices/strays';

/** Takes each stray out of its slice, the last first, for the places of the others stay so; whom it meant is listed where it is now. */
export const fix = (facts: Facts, service: string, strays: readonly Stray[]): Plan => ({
  steps: [
    ...strays
      .toSorted((one, other) => other.at - one.at)
      .map(({ slice, at, endpoint }) => changeSlice(kubectlNode(facts), slice, { is: 'drop', at, address: endpoint.address })),
    ...strays.flatMap((stray) => {
      const endpoint = meant(facts, stray);
      return endpoint === undefined ? [] : [changeSlice(kubectlNode(facts), stray.slice, { is: 'add', endpoint })];
    }),
  ],
  blast: {
    en: `new connections to ${service} go to the endpoints that are left; those that are pinned to what was taken out are dead or belong to somebody else`,
    zh: `到 ${service} 的新连接转给剩余的 endpoint；已固定到被移除地址的连接本来就不通，或属于别的 Pod`,
  },
  lasting: {
    en: "the EndpointSlice controller does not follow: see that kube-controller-manager runs and leads (`kubectl -n kube-system get lease kube-controller-manager`), that its log has no errors of endpointslice_controller, and that the namespace's quota or an admission webhook does not refuse its writes; once it runs it writes the slice itself",
    zh: 'EndpointSlice 控制器没有跟进：检查 kube-controller-manager 是否运行且持有租约（`kubectl -n kube-system get lease kube-controller-manager`）、日志中有无 endpointslice_controller 报错、是否被配额或准入 webhook 拒绝写入；恢复后它会自行更新',
  },
});

/** The pod that a stray names, where it is ready at another address that no slice lists. */
function meant(facts: Facts, { service, slice, endpoint }: Stray): NewEndpoint | undefined {
  const pod = selectedPods(facts, service)?.find(({ name, ready }) => name === endpoint.pod && ready === true);
  const address = pod === undefined ? undefined : addressIn(pod, familyOf(endpoint.address));
  if (pod === undefined || address === undefined || slice.addresses.some((one) => one.address === address)) return undefined;
  return { address, node: pod.node ?? null, pod: pod.name };
}
