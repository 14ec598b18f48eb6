import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

const NAME = 'net.netfilter.nf_conntrack_max';
/** An entry with its extensions takes about so much of the kernel's memory (slab nf_conntrack, x86-64). */
const BYTES = 320;

/** Twice the room, now and at the next boot. */
export function fix({ node, max }: Found, facts: Facts): Plan {
  const room = 2 * Number(max);
  const megabytes = Math.ceil((Number(max) * BYTES) / 2 ** 20);
  return {
    steps: [setSysctl(onNode(node), NAME, String(room)), keepSysctl(facts, node, NAME, String(room))],
    blast: {
      en: `up to ${megabytes} MB more kernel memory on ${node} when the larger table fills too; no connection is cut`,
      zh: `表再次填满时 ${node} 内核内存最多增加约 ${megabytes} MB，不会中断已有连接`,
    },
    lasting: {
      en: 'kube-proxy sets this limit anew when it starts: conntrack.maxPerCore and conntrack.min of its configuration (32768 for each processor); raise net.netfilter.nf_conntrack_buckets with it; who opens most connections? `conntrack -L | sort` by address; shorter nf_conntrack_tcp_timeout_established (5 days) and …_time_wait, NOTRACK for node-local DNS, connections that are kept open',
      zh: 'kube-proxy 启动时会重设该上限：修改其配置 conntrack.maxPerCore、conntrack.min（默认每核 32768）；同时调大 net.netfilter.nf_conntrack_buckets；用 `conntrack -L` 按地址统计占用者；缩短 nf_conntrack_tcp_timeout_established（默认 5 天）与 …_time_wait，对本机 DNS 使用 NOTRACK，应用改用长连接',
    },
  };
}
