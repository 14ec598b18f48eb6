import { deleteLease, putLease } from '#actions/etcd-key/lease';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { leaseAt } from '#intent/flannel/peers';
import type { Found } from './text.ts';

/** The wrong lease goes, and with it what peers hold at its first address; so the right one is written again, unchanged. */
export function fix({ subnet, other, node }: Found, { facts }: View): Plan {
  const [wrong, right] = [leaseAt(facts, subnet), leaseAt(facts, other)];
  const on = node ?? facts.nodes()[0] ?? '';
  const gone = wrong === undefined || wrong.subnet === right?.subnet ? undefined : deleteLease(facts, on, wrong);
  const again = right?.value === undefined ? undefined : putLease(facts, on, right, right.value);
  const steps = gone === undefined || again === undefined ? [] : [gone, again];
  return {
    steps,
    ...(steps.length === 0 ? { manual } : {}),
    blast: {
      en: `packets for ${other} pause for a moment; a machine that lives in ${subnet} after all loses its lease, and its flanneld ends`,
      zh: `发往 ${other} 的报文会短暂中断；若仍有机器在使用 ${subnet}，其租约会失效、flanneld 会退出`,
    },
    lasting: {
      en: 'flanneld never gives out what overlaps by itself: look for a hand-made or restored lease, a second cluster on the same etcd prefix, a changed SubnetLen',
      zh: 'flanneld 自身不会分配重叠子网：请排查手工写入或恢复出来的租约、共用同一 etcd 前缀的另一集群、被修改过的 SubnetLen',
    },
  };
}

const manual: Plan['blast'] = {
  en: 'give one of the two nodes another subnet: drain it, delete its Node object (or its key in etcd), remove its pod bridge and subnet.env, let it join again',
  zh: '为其中一个节点更换子网：驱逐 Pod，删除其 Node 对象（或 etcd 中的 key），删除网桥与 subnet.env 后重新加入',
};
