import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = { readonly from: string; readonly to: string; readonly subnet: string; readonly device: string };

export default texts<Found>({
  en: {
    what: ({ from, to, subnet }) => `${from} has no route to ${subnet}, where the pods of ${to} live`,
    why: ({ device }) =>
      `flanneld put neighbour and forwarding entry for it on ${device} but the route is gone, and it never puts one back by itself`,
    fix: ({ subnet, device }) => `add the route to ${subnet} through ${device}`,
  },
  zh: {
    what: ({ from, to, subnet }) => `节点 ${from} 缺少到 ${subnet}（${to} 的 Pod 网段）的路由`,
    why: ({ device }) => `flanneld 在 ${device} 上写入的邻居和转发表项还在，路由却已丢失，且它不会自动补回`,
    fix: ({ subnet, device }) => `经 ${device} 补回到 ${subnet} 的路由`,
  },
});
