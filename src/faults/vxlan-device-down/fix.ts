import { setLinkUp } from '#actions/link/preview';
import type { Plan } from '#engine/plan';
import { restartedFlanneld } from '#engine/plans/restarted-flanneld';
import type { View } from '#engine/view';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The device up, then flanneld, which writes the routes and neighbours that went with it. */
export function fix({ node, device }: Found, { facts }: View): Plan {
  const restart = restartedFlanneld(facts, node);
  return {
    steps: [setLinkUp(onNode(node), device), ...(restart === undefined ? [] : [restart])],
    ...(restart === undefined ? { manual } : {}),
    blast: { en: `only the tunnel of ${node}, which carries nothing now`, zh: `只影响 ${node} 当前已不通的隧道` },
    lasting: {
      en: `find what set it down: NetworkManager or systemd-networkd that think they own it (mark flannel* unmanaged), a script, \`ip link set ${device} down\``,
      zh: `查明是谁把它置为 down：NetworkManager 或 systemd-networkd 误管（应将 flannel* 设为 unmanaged）、脚本、或手工执行 \`ip link set ${device} down\``,
    },
  };
}

const manual: Plan['blast'] = {
  en: 'then restart flanneld on that node (`systemctl restart flanneld`, or delete its pod in kube-flannel)',
  zh: '随后重启该节点的 flanneld（`systemctl restart flanneld`，或删除 kube-flannel 中对应的 Pod）',
};
