import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** The connections that are held back: `192.168.1.13:41234→192.168.1.3:6443`. */
  readonly connections: readonly string[];
  readonly owner: string;
  /** Bytes that wait. */
  readonly waiting: number;
  readonly table: string;
  readonly chain: string;
  /** From 1; `null`: it is the chain's policy. */
  readonly position: number | null;
  readonly rule: string;
  /** Whether nothing is in flight: then no packet has left since. */
  readonly nothingLeft: boolean;
};

const sent = ({ nothingLeft }: Found, en: boolean): string => {
  if (!nothingLeft) return '';
  return en
    ? '; nothing is in flight and the persist timer runs: not a packet has left'
    : '；没有在途数据、persist 定时器在走，说明一个包都没有发出';
};

export default texts<Found>({
  en: {
    what: ({ connections, owner, node, waiting, table, rule }) =>
      `${connections.join(', ')} of ${owner} on ${node} hangs: ${waiting} bytes wait, and its own machine drops what it sends: ${table} ${rule}`,
    why: (found) =>
      `its packets meet ${found.position === null ? `the policy of ${found.chain}` : `rule ${found.position} of ${found.chain}`} before they leave, and no other traffic that was asked about does${sent(found, true)}`,
    fix: ({ chain, position }) =>
      `${position === null ? `set the policy of ${chain} to ACCEPT` : `delete rule ${position} of ${chain}`}: the connection goes on, nothing is restarted`,
  },
  zh: {
    what: ({ connections, owner, node, waiting, table, rule }) =>
      `${node} 上 ${owner} 的连接 ${connections.join('、')} 卡住：${waiting} 字节滞留，本机自己的规则丢弃了它发出的报文：${table} ${rule}`,
    why: (found) =>
      `其报文在离开本机前命中${found.position === null ? ` ${found.chain} 链的默认策略` : ` ${found.chain} 链第 ${found.position} 条规则`}，而其他流量不受影响${sent(found, false)}`,
    fix: ({ chain, position }) =>
      `${position === null ? `将 ${chain} 链默认策略改为 ACCEPT` : `删除 ${chain} 链第 ${position} 条规则`}：连接会自行恢复，无需重启`,
  },
});
