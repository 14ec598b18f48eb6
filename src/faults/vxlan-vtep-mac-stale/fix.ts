import type { Plan } from '#engine/plan';
import { writeLease } from '#engine/plans/own-lease';
import { restartedFlanneld } from '#engine/plans/restarted-flanneld';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { Action } from '#change/change';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { leaseAt, peerOf } from '#intent/flannel/peers';
import { parseMac } from '#net/mac';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The true value under the same etcd lease; flanneld on the owner writes it where etcd's entry is not known well enough. */
export function fix(found: Found, { facts }: View): Plan {
  const put = putTrueMac(found, { facts });
  const restart = restartedFlanneld(facts, found.node);
  const step = lostPeers(found, facts) ? (restart ?? put) : (put ?? restart);
  return {
    steps: step === undefined ? [] : [step],
    ...(step === undefined ? { manual: manual(found) } : {}),
    blast: blast(found),
    lasting,
  };
}

/** A device that got another MAC lost its neighbours with it: only flanneld's start writes them again. */
function lostPeers({ node, device }: Found, facts: Facts): boolean {
  const leases = leasesOf(facts);
  if (leases.is === 'gap' || facts.seen('neighbour', onNode(node)).is === 'gap') return false;
  const others = leases.value.filter((lease) => homeOf(facts, lease)?.node !== node);
  return others.some((lease) => peerOf(facts, node, lease, device).neighbour?.mac === undefined);
}

function putTrueMac({ node, subnet, deviceMac }: Found, { facts }: Pick<View, 'facts'>): Action | undefined {
  const lease = leaseAt(facts, subnet);
  const mac = parseMac(deviceMac);
  return lease === undefined || mac === undefined ? undefined : writeLease(facts, node, lease, { vtepMac: mac });
}

const manual = ({ node }: Found): Plan['blast'] => ({
  en: `restart flanneld on ${node}: \`systemctl restart flanneld\`, or delete its pod: \`kubectl -n kube-flannel delete pod --field-selector spec.nodeName=${node}\``,
  zh: `重启 ${node} 上的 flanneld：\`systemctl restart flanneld\`，或删除其 Pod：\`kubectl -n kube-flannel delete pod --field-selector spec.nodeName=${node}\``,
});

const blast = ({ node, subnet }: Found): Plan['blast'] => ({
  en: `every peer's flanneld sends packets for ${subnet} to the true MAC at once; no connection to another node is touched, flanneld on ${node} keeps running`,
  zh: `各节点的 flanneld 会立即改用真实 MAC 转发到 ${subnet}；不影响其他节点的连接，${node} 上的 flanneld 不会中断`,
});

const lasting: NonNullable<Plan['lasting']> = {
  en: 'if it comes back, a second machine has the same PublicIP (a clone, a re-used address) and the flanneld that started last wins: look for it in its log (`Found lease … for current IP`) and by the MAC; if the device changed its MAC by itself, keep systemd-udevd from doing so: MACAddressPolicy=none for flannel*',
  zh: '若再次出现，说明还有一台机器使用同一个 PublicIP（克隆机、IP 复用），后启动的 flanneld 会覆盖租约：可按 MAC 或其日志 `Found lease … for current IP` 查找；若是网卡 MAC 自己变了，请为 flannel* 设置 systemd-udevd 的 MACAddressPolicy=none',
};
