import { texts } from '#engine/words';

/** What pods that were never made anew are worded from. */
export type Pods = {
  readonly left: 'pods';
  readonly node: string;
  /** The plugin that made them, where that can be told. */
  readonly plugin: string | null;
  readonly running: string;
  readonly pods: readonly string[];
  readonly address: string;
  /** The ranges that pods of the node have by now. */
  readonly subnets: readonly string[];
};

const MOST = 4;
const some = (all: readonly string[], and: string): string =>
  `${all.slice(0, MOST).join(and)}${all.length > MOST ? ` (+${all.length - MOST})` : ''}`;

/** The words for pods that an earlier pod network made. */
export const podsText = texts<Pods>({
  en: {
    what: ({ node, plugin, pods, address }) =>
      `${some(pods, ', ')} of ${node} still ${pods.length === 1 ? 'has an address' : 'have addresses'} of ${plugin === null ? 'an earlier pod network' : plugin} (${address})`,
    why: ({ running, subnets, address }) =>
      `pods of this node get their addresses from ${subnets.join(', ')} by now: no other node has a route of ${running} to ${address}, and its own gateway is gone or leads nowhere`,
    fix: ({ pods }) =>
      `delete ${pods.length === 1 ? 'the pod' : `the ${pods.length} pods`}, so that ${pods.length === 1 ? 'it is' : 'they are'} made anew in the network that runs`,
  },
  zh: {
    what: ({ node, plugin, pods, address }) =>
      `节点 ${node} 上的 ${some(pods, '、')} 仍使用${plugin === null ? '旧 Pod 网络' : ` ${plugin} `}的地址（${address}）`,
    why: ({ running, subnets, address }) =>
      `本节点 Pod 现在的网段是 ${subnets.join('、')}：其他节点没有 ${running} 通往 ${address} 的路由，它自己的网关也已不存在或不通`,
    fix: ({ pods }) => `删除这 ${pods.length} 个 Pod，使其在当前网络中重建`,
  },
});
