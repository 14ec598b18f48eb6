import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly count: string;
  readonly max: string;
  /** Packets that were dropped while somebody looked; `null`: not counted. */
  readonly dropped: number | null;
  /** Whom most of the entries that were read lead to, and how many percent of them. */
  readonly busiest: string | null;
  readonly percent: number | null;
};

const most = ({ busiest, percent }: Found): string =>
  busiest === null ? '' : `; ${percent} % of the entries that were read lead to ${busiest}`;

export default texts<Found>({
  en: {
    what: ({ node, count, max }) => `the connection table of ${node} is full: ${count} of ${max} entries (nf_conntrack_max)`,
    why: (found) =>
      `a packet that opens a connection finds no room and is dropped without a word, whoever sends it${found.dropped === null ? '' : ` (${found.dropped} between two looks)`}; connections that are tracked go on${most(found)}`,
    fix: () => 'raise nf_conntrack_max, and find who holds so many entries',
  },
  zh: {
    what: ({ node, count, max }) => `节点 ${node} 的连接跟踪表已满：${count} / ${max}（nf_conntrack_max）`,
    why: ({ dropped, busiest, percent }) =>
      `新建连接的报文没有表项可用，被静默丢弃${dropped === null ? '' : `（两次采集之间丢弃 ${dropped} 个）`}，已有连接不受影响${busiest === null ? '' : `；读取到的表项中 ${percent} % 指向 ${busiest}`}`,
    fix: () => '调大 nf_conntrack_max，并找出占用大量表项的来源',
  },
});
