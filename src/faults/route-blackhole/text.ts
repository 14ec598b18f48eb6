import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly prefix: string;
  readonly protocol: string | null;
};

export default texts<Found>({
  en: {
    what: ({ from, to, type, prefix }) => `${from} refuses packets for ${prefix}, where pods of ${to} live: its route is of type ${type}`,
    why: ({ type, protocol }) =>
      `a ${type} route ends every packet that takes it${protocol === null ? '' : `; it was made by \`proto ${protocol}\``}`,
    fix: ({ type, prefix }) => `delete the ${type} route to ${prefix}`,
  },
  zh: {
    what: ({ from, to, type, prefix }) => `节点 ${from} 拒绝发往 ${prefix}（${to} 的 Pod 所在网段）的报文：路由类型为 ${type}`,
    why: ({ type, protocol }) => `命中 ${type} 路由的报文一律被丢弃或拒绝${protocol === null ? '' : `；该路由来源为 proto ${protocol}`}`,
    fix: ({ type, prefix }) => `删除到 ${prefix} 的 ${type} 路由`,
  },
});
