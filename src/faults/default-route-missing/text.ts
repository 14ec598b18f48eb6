import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** A Service address that the node cannot send to. */
  readonly destination: string;
  /** The gateway and device that other nodes of the same network use. */
  readonly gateway: string | null;
  readonly device: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node }) => `${node} has no default route`,
    why: ({ node, destination }) =>
      `${node} routes its own packets before kube-proxy's rules rewrite them, so for ${destination} the network is unreachable`,
    fix: ({ gateway, device }) =>
      gateway === null ? 'add the default route that this network has' : `add the default route via ${gateway} dev ${device}`,
  },
  zh: {
    what: ({ node }) => `节点 ${node} 没有默认路由`,
    why: ({ node, destination }) => `${node} 自身发出的报文先查路由、后由 kube-proxy 规则改写，因此访问 ${destination} 报网络不可达`,
    fix: ({ gateway, device }) => (gateway === null ? '补回该网络的默认路由' : `补回默认路由 via ${gateway} dev ${device}`),
  },
});
