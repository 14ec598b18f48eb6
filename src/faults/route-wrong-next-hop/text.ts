import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly from: string;
  readonly to: string;
  readonly subnet: string;
  /** The prefix of the wrong route, and where it leads. */
  readonly prefix: string;
  readonly hop: string;
  /** Where it should lead. */
  readonly intended: string;
};

export default texts<Found>({
  en: {
    what: ({ from, to, prefix, hop }) => `the route of ${from} to ${prefix}, where pods of ${to} live, leads ${hop}`,
    why: ({ subnet, intended }) => `flannel reaches ${subnet} ${intended}; what is sent another way does not arrive`,
    fix: ({ subnet, prefix, intended }) =>
      subnet === prefix
        ? `let the route to ${subnet} lead ${intended}`
        : `delete the route to ${prefix}, so that the one to ${subnet} is taken`,
  },
  zh: {
    what: ({ from, to, prefix, hop }) => `节点 ${from} 到 ${prefix}（${to} 的 Pod 所在网段）的路由指向了 ${hop}`,
    why: ({ subnet, intended }) => `flannel 应经 ${intended} 到达 ${subnet}，走其他路径的报文无法送达`,
    fix: ({ subnet, prefix, intended }) =>
      subnet === prefix ? `将到 ${subnet} 的路由改为 ${intended}` : `删除到 ${prefix} 的路由，使 ${subnet} 的路由生效`,
  },
});
