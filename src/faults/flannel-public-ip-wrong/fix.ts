import { writeFile } from '#actions/file/preview';
import { restartUnit } from '#actions/unit-restart/preview';
import { makeVxlanDevice } from '#actions/vxlan-device/preview';
import type { Plan } from '#engine/plan';
import { writeLease } from '#engine/plans/own-lease';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { Action } from '#change/change';
import { flanneldProcess, flanneldUnit } from '#intent/flannel/daemon';
import { flannelDevice } from '#intent/flannel/device';
import { leaseAt } from '#intent/flannel/peers';
import { remakeDevice } from '#intent/flannel/remake';
import { parseIp } from '#net/ip';
import { isRedacted } from '#snapshot/redacted';
import { onNode } from '#snapshot/scope';
import type { Found } from './text.ts';

/** The flag for the next start, the lease and the device for now; the MAC stays, so that no peer has to learn another. */
export function fix(found: Found, { facts }: View): Plan {
  const { node, device } = found;
  const steps = stepsOf(found, facts);
  return {
    steps,
    ...(steps.length === 0 ? { manual: manual(found) } : {}),
    blast: {
      en: `the tunnel of ${node} is made anew, which carried nothing; its subnet and its pods stay as they are`,
      zh: `${node} 的隧道会重建（此前本就不通）；其子网与 Pod 保持不变`,
    },
    lasting: {
      en: `give every node -iface=${device}, or -iface-can-reach with an address that all of them reach: without it flanneld takes the interface of the default route (Vagrant's NAT: 10.0.2.15 on every machine)`,
      zh: `为所有节点指定 -iface=${device}（或 -iface-can-reach=某个共同可达的地址）：否则 flanneld 会选择默认路由所在网卡（如 Vagrant 的 NAT 网卡，每台机器都是 10.0.2.15）`,
    },
  };
}

function stepsOf({ node, subnet, address, device }: Found, facts: Facts): readonly Action[] {
  const scope = onNode(node);
  const [lease, unit, local] = [leaseAt(facts, subnet), flanneldUnit(facts, node), parseIp(address)];
  const command = commandWith(facts, node, device);
  const tunnel = flannelDevice(facts, node);
  const mac = tunnel.is === 'seen' ? tunnel.value?.mac : undefined;
  if (lease === undefined || unit === undefined || local === undefined || command === undefined || mac === undefined || mac === null)
    return [];
  const put = writeLease(facts, node, lease, { publicIp: local });
  const wanted = remakeDevice(facts, node, { local, dev: device, mac });
  if (put === undefined || wanted === undefined) return [];
  const dropIn = `/etc/systemd/system/${unit.name}.d/90-iface.conf`;
  return [
    writeFile(scope, dropIn, `[Service]\nExecStart=\nExecStart=${command}\n`),
    put,
    makeVxlanDevice(scope, wanted),
    restartUnit(scope, unit.name),
  ];
}

/** flanneld's command line with the interface that it should take. */
function commandWith(facts: Facts, node: string, device: string): string | undefined {
  const words = flanneldProcess(facts, node)?.argv ?? flanneldUnit(facts, node)?.directives?.get('Service.ExecStart')?.at(-1)?.split(/\s+/);
  // what was taken out of it as a secret would be missing
  if (words === undefined || words.length === 0 || words.some((word) => /[\s"'$]/.test(word) || isRedacted(word))) return undefined;
  const kept = words.filter((word) => !/^--?(iface|public-ip|iface-regex|iface-can-reach)=/.test(word));
  return [...kept, `-iface=${device}`].join(' ');
}

const manual = ({ node, device, address }: Found): Plan['blast'] => ({
  en: `start flanneld on ${node} with -iface=${device} (in kube-flannel: annotation flannel.alpha.coreos.com/public-ip-overwrite: ${address} on the Node, then delete its pod)`,
  zh: `在 ${node} 上以 -iface=${device} 启动 flanneld（kube-flannel：为 Node 设置注解 flannel.alpha.coreos.com/public-ip-overwrite: ${address}，再删除其 Pod）`,
});
