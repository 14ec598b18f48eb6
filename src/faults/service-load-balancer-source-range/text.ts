import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  /** Who came in vain. */
  readonly clients: readonly string[];
  /** Whether the first of them is a pod or a node of this cluster. */
  readonly isInside: boolean;
  /** `203.0.113.10:80`. */
  readonly door: string;
  /** The nodes that drop. */
  readonly nodes: readonly string[];
  readonly ranges: readonly string[];
  /** The cluster address that leads to the same pods. */
  readonly clusterIp: string | null;
};

const list = (names: readonly string[], and: string): string =>
  names.length <= 4 ? names.join(and) : `${names.slice(0, 4).join(and)} (+${names.length - 4})`;

export default texts<Found>({
  en: {
    what: ({ service, clients, door }) =>
      `${list(clients, ', ')} may not come to ${service} at ${door}: no range of loadBalancerSourceRanges has ${clients.length === 1 ? 'it' : 'them'}`,
    why: ({ ranges, nodes, isInside, clusterIp }) =>
      [
        `only ${list(ranges, ', ')} may; the rules of ${list(nodes, ', ')} drop all others without a word (KUBE-PROXY-FIREWALL)`,
        isInside
          ? `; pods and nodes get no exception${clusterIp === null ? '' : `, only the cluster address ${clusterIp} is free of it`}`
          : '',
        '; node ports are not bound by the ranges',
      ].join(''),
    fix: ({ clients, service }) => `let ${list(clients, ', ')} in at ${service}`,
  },
  zh: {
    what: ({ service, clients, door }) => `${list(clients, '、')} 不在 ${service} 的 loadBalancerSourceRanges 之内，无法访问 ${door}`,
    why: ({ ranges, nodes, isInside, clusterIp }) =>
      [
        `只允许 ${list(ranges, '、')}；其余来源被 ${list(nodes, '、')} 的规则直接丢弃（KUBE-PROXY-FIREWALL），没有任何回应`,
        isInside ? `；集群内的 Pod 和节点也不例外${clusterIp === null ? '' : `，只有 ClusterIP ${clusterIp} 不受限制`}` : '',
        '；NodePort 不受该范围限制',
      ].join(''),
    fix: ({ clients, service }) => `在 ${service} 上放行 ${list(clients, '、')}`,
  },
});
