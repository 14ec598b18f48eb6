import { texts } from '#engine/words';

/** What a finding of this fault is worded from. */
export type Found = {
  readonly node: string;
  readonly family: string;
  readonly most: string;
  /** Entries of the table, permanent ones too; `null`: not told. */
  readonly entries: number | null;
  /** How often it had no room while somebody looked; `null`: not counted. */
  readonly fulls: number | null;
  readonly device: string | null;
  readonly count: number | null;
};

const held = ({ device, count }: Found): string => (device === null ? '' : `; ${count} of those that were read belong to ${device}`);

export default texts<Found>({
  en: {
    what: ({ node, family, most }) => `the ${family === '6' ? 'ND' : 'ARP'} table of ${node} is full: gc_thresh3 = ${most}`,
    why: (found) =>
      `a neighbour that is not in the table gets no entry, so packets to it are dropped before anyone asks for its address${found.fulls === null ? '' : ` (${found.fulls} times between two looks)`}; all namespaces of the machine share the table${held(found)}`,
    fix: () => 'raise gc_thresh3 (and gc_thresh2), and find who talks to so many neighbours',
  },
  zh: {
    what: ({ node, family, most }) => `节点 ${node} 的${family === '6' ? ' ND' : ' ARP'} 邻居表已满：gc_thresh3 = ${most}`,
    why: ({ fulls, device, count }) =>
      `不在表中的邻居无法新建表项，发往它的报文在 ARP 询问之前就被丢弃${fulls === null ? '' : `（两次采集之间 ${fulls} 次）`}；整机所有网络命名空间共用这张表${device === null ? '' : `，读取到的表项中 ${count} 个属于 ${device}`}`,
    fix: () => '调大 gc_thresh3（及 gc_thresh2），并找出邻居数量过多的来源',
  },
});
