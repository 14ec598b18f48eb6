import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** Subnets for which it holds nothing, or what an older lease said. */
  readonly subnets: readonly string[];
  /** `old`: entries of an earlier value; `none`: no entry at all. */
  readonly holds: 'old' | 'none';
  /** Whether flanneld runs there; unknown where neither process nor unit was captured. */
  readonly running: boolean | null;
};

export default texts<Found>({
  en: {
    what: ({ node, subnets, holds, running }) =>
      `${running === false ? 'no flanneld runs on' : 'flanneld on'} ${node} ${running === false ? 'any more, and it' : ''} ${holds === 'old' ? 'holds what an older lease said' : 'never took in the lease'} of ${subnets.join(', ')}`.replace(
        / +/g,
        ' ',
      ),
    why: ({ node, holds }) =>
      `${node} ${holds === 'old' ? 'still sends to where the peer was before' : 'has no route there'}; a flanneld that lost its etcd (stopped, emptied, cut off) keeps its old entries and says nothing`,
    fix: ({ node }) => `restart flanneld on ${node}: it reads every lease anew`,
  },
  zh: {
    what: ({ node, subnets, holds, running }) =>
      `节点 ${node} 上的 flanneld ${running === false ? '已不在运行，' : '没有跟上 etcd：'}${subnets.join('、')} ${holds === 'old' ? '仍是旧租约的表项' : '没有任何表项'}`,
    why: ({ node, holds }) =>
      `${node} ${holds === 'old' ? '仍把报文发往对端以前的位置' : '没有到该子网的路由'}；与 etcd 断开（停止、被清空、网络不通）后 flanneld 会保留旧表项且不打任何日志`,
    fix: ({ node }) => `重启 ${node} 上的 flanneld，它会重新读取全部租约`,
  },
});
