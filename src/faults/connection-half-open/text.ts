import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  /** The dead connections: `192.168.1.13:41234→192.168.1.3:6443`. */
  readonly connections: readonly string[];
  readonly remote: string;
  readonly owner: string;
  /** Bytes that wait, and since when nothing was acknowledged. */
  readonly waiting: number;
  readonly silentS: number;
  readonly backoff: number;
  readonly witness: string;
  /** When the kernel gives it up by itself, in seconds from the last look; the range comes from how late its timers fire. */
  readonly noticeS: number | null;
  readonly earliestS: number | null;
  readonly latestS: number | null;
  readonly retries2: number | null;
};

const notice = ({ noticeS, earliestS, latestS, retries2 }: Found, en: boolean): string => {
  if (noticeS === null)
    return en ? 'when its owner notices is not known (tcp_retries2 was not read)' : '未采集 tcp_retries2，无法推算何时发现';
  const range = earliestS === latestS ? `${noticeS}` : `${noticeS} (${earliestS}–${latestS})`;
  return en
    ? `by itself the kernel tells its owner in ${range} s (tcp_retries2 = ${retries2})`
    : `若不处理，内核约在 ${range} 秒后才通知进程（tcp_retries2 = ${retries2}）`;
};

export default texts<Found>({
  en: {
    what: ({ connections, owner, node, waiting, silentS }) =>
      `${connections.join(', ')} of ${owner} on ${node} is dead and looks alive: ESTABLISHED, ${waiting} bytes wait, no answer for ${silentS} s`,
    why: (found) =>
      `its packets were sent again ${found.backoff} times without an answer, while ${found.witness} to the same ${found.remote} is answered: something on the way (a balancer, a firewall) lost this flow and drops what it does not know; ${notice(found, true)}`,
    fix: ({ connections, owner }) => `close ${connections.join(', ')}, and nothing else: ${owner} gets ECONNABORTED and connects anew`,
  },
  zh: {
    what: ({ connections, owner, node, waiting, silentS }) =>
      `${node} 上 ${owner} 的连接 ${connections.join('、')} 已半开：状态仍为 ESTABLISHED，${waiting} 字节滞留，${silentS} 秒没有应答`,
    why: (found) =>
      `报文已重传 ${found.backoff} 次无应答，而到同一 ${found.remote} 的另一连接 ${found.witness} 正常：途中的负载均衡或防火墙丢失了该流的状态，并静默丢弃不认识的报文；${notice(found, false)}`,
    fix: ({ connections, owner }) => `只关闭 ${connections.join('、')}：${owner} 会收到 ECONNABORTED 并立即重连`,
  },
});
