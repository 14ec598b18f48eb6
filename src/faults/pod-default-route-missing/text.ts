import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = { readonly pod: string; readonly device: string; readonly gateway: string | null; readonly destination: string };

export default texts<Found>({
  en: {
    what: ({ pod }) => `${pod} has no default route`,
    why: ({ destination, device }) => `for ${destination} the network is unreachable: only what is on the link of ${device} has a route`,
    fix: ({ gateway, device }) =>
      gateway === null
        ? 'delete the pod, so that the CNI makes it anew'
        : `add the default route via ${gateway} dev ${device} inside the pod`,
  },
  zh: {
    what: ({ pod }) => `${pod} 内没有默认路由`,
    why: ({ destination, device }) => `访问 ${destination} 时网络不可达：只有 ${device} 直连网段有路由`,
    fix: ({ gateway, device }) => (gateway === null ? '删除该 Pod，由 CNI 重建' : `在 Pod 内补回默认路由 via ${gateway} dev ${device}`),
  },
});
