import type { Plan } from '#engine/plan';
import { restartedFlanneld } from '#engine/plans/restarted-flanneld';
import type { View } from '#engine/view';
import type { Found } from './text.ts';

/** A restart reads every lease anew; nothing that works is taken away by it. */
export function fix({ node }: Found, { facts }: View): Plan {
  const restart = restartedFlanneld(facts, node);
  return {
    steps: restart === undefined ? [] : [restart],
    ...(restart === undefined ? { manual } : {}),
    blast: {
      en: `flanneld on ${node} adds what is missing and takes nothing away; running connections go on`,
      zh: `${node} 上的 flanneld 只会补上缺失的表项，不会删除现有表项，已有连接不受影响`,
    },
    lasting: {
      en: 'look why it lost etcd: whether the endpoint in its flags answers, whether etcd was restored or emptied (then restart flanneld on every node), whether the process hangs',
      zh: '查明它为何与 etcd 失联：启动参数中的 endpoint 是否可达、etcd 是否被恢复或清空过（若是，请逐个重启所有节点的 flanneld）、进程是否挂起',
    },
  };
}

const manual: Plan['blast'] = {
  en: 'restart flanneld on that node (`systemctl restart flanneld`, or delete its pod in kube-flannel)',
  zh: '重启该节点上的 flanneld（`systemctl restart flanneld`，或删除 kube-flannel 中对应的 Pod）',
};
