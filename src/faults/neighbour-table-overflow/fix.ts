import { keepSysctl, setSysctl } from '#actions/sysctl/preview';
import type { Plan } from '#engine/plan';
import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** An entry takes about so much of the kernel's memory (entry_size of `ip ntable`, rounded by its slab). */
const BYTES = 512;

/** Four times the room, and more than there is now; sweeping in earnest begins at half of it. */
export function fix({ node, family, most, entries }: Found, facts: Facts): Plan {
  const room = Math.max(4 * Number(most), 2 * (entries ?? 0));
  const settings = [
    [`net.ipv${family}.neigh.default.gc_thresh3`, room],
    [`net.ipv${family}.neigh.default.gc_thresh2`, Math.floor(room / 2)],
  ] as const;
  return {
    steps: [
      ...settings.map(([name, value]) => setSysctl(onNode(node), name, String(value))),
      ...settings.map(([name, value]) => keepSysctl(facts, node, name, String(value))),
    ],
    blast: {
      en: `up to ${Math.ceil((room * BYTES) / 2 ** 20)} MB of kernel memory on ${node}; nothing is cut`,
      zh: `${node} 内核内存最多占用约 ${Math.ceil((room * BYTES) / 2 ** 20)} MB，不会中断任何连接`,
    },
    lasting: {
      en: 'neighbours are as many as pods of the node plus machines of its link: large flat networks, many pods on one node, a scan of the own subnet; give every node of the pool the same limits (kubelet allows no net.ipv4.neigh.* in pods, they belong to the machine), and route where a /16 is one link',
      zh: '邻居数约为本节点 Pod 数加同一二层网络的机器数：大二层网络、单节点大量 Pod、扫描本网段都会耗尽；整个节点池应统一设置（该参数属于整机，不能在 Pod 内设置），超大网段应改为三层路由',
    },
  };
}
