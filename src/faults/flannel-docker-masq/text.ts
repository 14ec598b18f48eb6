import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly subnet: string;
  /** `both`: flanneld and Docker masquerade; `neither`: nobody does, although it was asked for. */
  readonly who: 'both' | 'neither';
  /** Docker's rule, for `both`. */
  readonly rule: string | null;
};

export default texts<Found>({
  en: {
    what: ({ node, subnet, who, rule }) =>
      who === 'both'
        ? `flanneld and Docker both masquerade ${subnet} on ${node}: ${rule ?? ''}`
        : `nobody masquerades ${subnet} on ${node}`,
    why: ({ node, who }) =>
      who === 'both'
        ? `packets of the pods to pods on other nodes leave ${node} with the node's address: peers, their logs and their policies see the wrong sender`
        : `packets of the pods leave the cluster with an address that nobody outside has a route back to`,
    fix: ({ who }) =>
      who === 'both'
        ? "take Docker's rule away and start Docker with --ip-masq=false, as flannel's mk-docker-opts.sh writes it"
        : 'masquerade what leaves the cluster: flanneld with -ip-masq=true',
  },
  zh: {
    what: ({ node, subnet, who, rule }) =>
      who === 'both'
        ? `节点 ${node} 上 flanneld 与 Docker 同时对 ${subnet} 做 SNAT：${rule ?? ''}`
        : `节点 ${node} 上没有人对 ${subnet} 做 SNAT`,
    why: ({ node, who }) =>
      who === 'both'
        ? `Pod 访问其他节点的 Pod 时源地址被改成 ${node} 的地址：对端日志、网络策略看到的都是错误的来源`
        : `Pod 访问集群外时使用的是 Pod 地址，外部没有回程路由`,
    fix: ({ who }) =>
      who === 'both'
        ? '删除 Docker 的规则，并以 --ip-masq=false 启动 Docker（flannel 的 mk-docker-opts.sh 会写出该参数）'
        : '对出集群的流量做 SNAT：flanneld 使用 -ip-masq=true',
  },
});
