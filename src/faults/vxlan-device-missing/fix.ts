import { makeVxlanDevice } from '#actions/vxlan-device/preview';
import type { Plan } from '#engine/plan';
import { restartedFlanneld } from '#engine/plans/restarted-flanneld';
import type { View } from '#engine/view';
import { remakeDevice } from '#intent/flannel/remake';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The device with the MAC that every peer knows already, then flanneld, which keeps it and programs its peers. */
export function fix({ node }: Found, { facts }: View): Plan {
  const device = remakeDevice(facts, node);
  const restart = restartedFlanneld(facts, node);
  const steps = device === undefined || restart === undefined ? [] : [makeVxlanDevice(onNode(node), device), restart];
  return {
    steps,
    ...(steps.length === 0 ? { manual } : {}),
    blast: { en: `only the tunnel of ${node}, which carries nothing now`, zh: `只影响 ${node} 当前已不通的隧道` },
    lasting: {
      en: 'run flanneld with Restart=always (it panics when its device is deleted), and keep network managers away from flannel*',
      zh: '为 flanneld 配置 Restart=always（设备被删除时它会 panic 退出），并让网络管理服务不要管理 flannel*',
    },
  };
}

const manual: Plan['blast'] = {
  en: 'start flanneld on that node (`systemctl restart flanneld`, or delete its pod in kube-flannel): it makes the device, with a new MAC that its peers take from the lease',
  zh: '启动该节点的 flanneld（`systemctl restart flanneld`，或删除 kube-flannel 中对应的 Pod）：它会创建设备（新 MAC，对端通过租约获知）',
};
