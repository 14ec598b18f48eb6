import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly service: string;
  /** Where clients came in vain: `load balancer 203.0.113.10:80 at D`. */
  readonly doors: readonly string[];
  /** The nodes that drop. */
  readonly nodes: readonly string[];
  /** The nodes that have an endpoint. */
  readonly homes: readonly string[];
  /** Who announces the first address there; `null`: the address is the node's own. */
  readonly announcer: string | null;
  /** Where a balancer may ask a node whether it has an endpoint; `null`: nowhere. */
  readonly healthPort: number | null;
};

const list = (names: readonly string[], and: string): string =>
  names.length <= 4 ? names.join(and) : `${names.slice(0, 4).join(and)} (+${names.length - 4})`;

export default texts<Found>({
  en: {
    what: ({ service, nodes, announcer }) =>
      `clients of ${service} come in at ${list(nodes, ', ')}${announcer === null ? '' : `, where ${announcer} announces its address`}, and externalTrafficPolicy Local drops them there`,
    why: ({ doors, nodes, homes, healthPort }) =>
      [
        `at ${list(doors, ', ')} only endpoints of the node itself count, and ${list(nodes, ', ')} ${nodes.length === 1 ? 'has' : 'have'} none; ${list(homes, ', ')} ${homes.length === 1 ? 'has' : 'have'}`,
        healthPort === null ? '' : `; whoever asked http://NODE:${healthPort}/healthz first would know (503 where there is none)`,
        '; pods and nodes of the cluster are not bound by it and see no trouble',
      ].join(''),
    fix: ({ service }) => `let ${service} use endpoints of every node (externalTrafficPolicy Cluster)`,
  },
  zh: {
    what: ({ service, nodes, announcer }) =>
      `${service} 的外部客户端从 ${list(nodes, '、')} 进入${announcer === null ? '' : `（由 ${announcer} 在此宣告地址）`}，被 externalTrafficPolicy: Local 丢弃`,
    why: ({ doors, nodes, homes, healthPort }) =>
      [
        `在 ${list(doors, '、')} 只使用本节点的 endpoint，而 ${list(nodes, '、')} 上没有，${list(homes, '、')} 上才有`,
        healthPort === null ? '' : `；负载均衡器若先检查 http://NODE:${healthPort}/healthz 即可发现（没有 endpoint 的节点返回 503）`,
        '；集群内的 Pod 和节点不受此策略限制，看不到问题',
      ].join(''),
    fix: ({ service }) => `让 ${service} 使用所有节点的 endpoint（externalTrafficPolicy: Cluster）`,
  },
});
