import { deleteLease } from '#actions/etcd-key/lease';
import { writeFile } from '#actions/file/preview';
import { restartUnit } from '#actions/unit-restart/preview';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { Action } from '#change/change';
import { flanneldUnit } from '#intent/flannel/daemon';
import { flannelConfig } from '#intent/flannel/device';
import { leaseAt } from '#intent/flannel/peers';
import { onNode } from '#snapshot/scope';
import { remade } from './remade.ts';
import type { Found } from './text.ts';

/** The lease follows the bridge where that is possible, for then no pod has to go; else it is a person's work. */
export function fix(found: Found, { facts }: View): Plan {
  const steps = found.free ? followBridge(found, facts) : [];
  const { node, bridge } = found;
  return {
    steps,
    ...(steps.length === 0 ? { manual: manual(found), byHand: remade(found, facts) } : {}),
    blast:
      steps.length === 0
        ? { en: `every pod of ${node} is made anew`, zh: `${node} 上的所有 Pod 都会重建` }
        : {
            en: `peers learn where the pods of ${node} are; flanneld there ends and is started again, no pod is touched`,
            zh: `其他节点会重新学到 ${node} 上 Pod 的位置；该节点 flanneld 会退出并重新启动，不影响 Pod`,
          },
    lasting: {
      en: `start the runtime after flanneld: a drop-in for docker.service with \`[Unit] After=flanneld.service Requires=flanneld.service\` and \`[Service] EnvironmentFile=/run/flannel/docker\` (no leading dash: Docker must not start without it), and \`Before=docker.service\` in flanneld's own unit; keep /run/flannel/subnet.env with the lease, so that ${bridge} and flannel agree after a restart`,
      zh: `保证先启动 flanneld 再启动运行时：为 docker.service 添加 drop-in：\`[Unit] After=flanneld.service Requires=flanneld.service\`、\`[Service] EnvironmentFile=/run/flannel/docker\`（前面不要加 "-"，否则缺少该文件时 Docker 仍会启动），并在 flanneld 的 unit 中设置 \`Before=docker.service\``,
    },
  };
}

function followBridge({ node, lease: held, has, hasSubnet }: Found, facts: Facts): readonly Action[] {
  const scope = onNode(node);
  const [lease, unit, config] = [leaseAt(facts, held), flanneldUnit(facts, node), flannelConfig(facts)];
  const files = facts.seen('subnet-env', scope);
  const file = files.is === 'seen' ? files.value[0] : undefined;
  const gone = lease === undefined ? undefined : deleteLease(facts, node, lease);
  if (gone === undefined || unit === undefined || file === undefined || config === undefined) return [];
  const length = hasSubnet.split('/')[1] ?? '24';
  const lines = [
    `FLANNEL_NETWORK=${config.network}`,
    `FLANNEL_SUBNET=${has.split('/')[0]}/${length}`,
    `FLANNEL_MTU=${file.mtu ?? 1450}`,
    `FLANNEL_IPMASQ=${file.ipMasq ?? false}`,
  ];
  return [gone, writeFile(scope, file.path, `${lines.join('\n')}\n`), restartUnit(scope, unit.name)];
}

const manual = ({ node, bridge }: Found): Plan['blast'] => ({
  en: `kubectl drain ${node}; systemctl stop docker (or containerd); ip link del ${bridge}; systemctl restart flanneld; cat /run/flannel/subnet.env; systemctl start docker; ip addr show ${bridge}; kubectl uncordon ${node}`,
  zh: `kubectl drain ${node}；systemctl stop docker（或 containerd）；ip link del ${bridge}；systemctl restart flanneld；cat /run/flannel/subnet.env；systemctl start docker；ip addr show ${bridge}；kubectl uncordon ${node}`,
});
