import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly pod: string;
  readonly table: string;
  readonly chain: string;
  readonly position: number | null;
  readonly rule: string;
  readonly packet: string;
};

export default texts<Found>({
  en: {
    what: ({ pod, table, rule }) => `a firewall rule inside ${pod} kills its traffic: ${table} ${rule}`,
    why: ({ packet, chain, position }) =>
      `${packet} meets it ${position === null ? `as the policy of ${chain}` : `as rule ${position} of ${chain}`} in the pod's own namespace`,
    fix: ({ chain, position }) =>
      `${position === null ? `set the policy of ${chain} to ACCEPT` : `delete rule ${position} of ${chain}`} inside the pod, and change the container that writes it`,
  },
  zh: {
    what: ({ pod, table, rule }) => `${pod} 内部的防火墙规则拦截了流量：${table} ${rule}`,
    why: ({ packet, chain, position }) =>
      `${packet} 在 Pod 自己的网络命名空间内命中${position === null ? ` ${chain} 链的默认策略` : ` ${chain} 链第 ${position} 条规则`}`,
    fix: ({ chain, position }) =>
      `在 Pod 内${position === null ? `将 ${chain} 链默认策略改为 ACCEPT` : `删除 ${chain} 链第 ${position} 条规则`}，并修正写入它的容器`,
  },
});
