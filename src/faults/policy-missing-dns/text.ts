import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly policy: string;
  /** A pod that loses its names. */
  readonly pod: string;
  /** Where it asks: the pod behind cluster DNS, and what the protocols are. */
  readonly server: string;
  readonly protocols: readonly string[];
  readonly program: string;
  readonly node: string;
  readonly by: string;
};

export default texts<Found>({
  en: {
    what: ({ policy, pod, protocols }) =>
      `${policy} lets ${pod} send, but not to port 53 (${protocols.join(' and ')}): it resolves no name`,
    why: ({ pod, server, program, node, by }) =>
      `no rule of its egress policies names what ${pod} asks ${server}, so ${program} on ${node} stops it: ${by}; whoever connects by address gets through`,
    fix: ({ policy }) => `allow port 53, UDP and TCP, to cluster DNS in ${policy}`,
  },
  zh: {
    what: ({ policy, pod, protocols }) =>
      `${policy} 允许 ${pod} 的部分出向流量，却没有放行 53 端口（${protocols.join('、')}）：域名无法解析`,
    why: ({ pod, server, program, node, by }) =>
      `${pod} 发往 ${server} 的 DNS 查询未被任何 egress 规则放行，${node} 上的 ${program} 将其拦截：${by}；直接用 IP 访问则正常`,
    fix: ({ policy }) => `在 ${policy} 中放行到集群 DNS 的 53 端口（UDP 与 TCP）`,
  },
});
