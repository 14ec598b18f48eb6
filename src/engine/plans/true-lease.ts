import type { Facts } from '#facts/facts';
import { flannelDevice } from '#intent/flannel/device';
import { leaseAt } from '#intent/flannel/peers';
import { parseIp } from '#net/ip';
import type { Plan } from '../plan.ts';
import { writeLease } from './own-lease.ts';

/** Whose lease is put right, and to which address. */
export type TrueLease = { readonly node: string; readonly subnet: string; readonly address: string };

/** The lease as the node that lives in its subnet would write it, under the same etcd lease. */
export function trueLease({ node, subnet, address }: TrueLease, facts: Facts): Plan {
  const lease = leaseAt(facts, subnet);
  const device = flannelDevice(facts, node);
  const mac = device.is === 'seen' ? device.value?.mac : undefined;
  const publicIp = parseIp(address);
  const known = lease !== undefined && mac !== undefined && mac !== null && publicIp !== undefined;
  const step = known ? writeLease(facts, node, lease, { publicIp, vtepMac: mac }) : undefined;
  return {
    steps: step === undefined ? [] : [step],
    ...(step === undefined ? { manual } : {}),
    blast: {
      en: `peers send packets for ${subnet} to ${node} at once; no other connection is touched`,
      zh: `各节点立即把 ${subnet} 的报文改发到 ${node}；不影响其他连接`,
    },
    lasting: {
      en: 'flanneld looks its lease up by its address: give nodes fixed addresses, and when a machine is renumbered or replaced, put the lease right before its flanneld is started again',
      zh: 'flanneld 按自身 IP 查找租约：请为节点使用固定 IP；更换或改 IP 时，应先修正租约再启动该节点的 flanneld',
    },
  };
}

const manual: Plan['blast'] = {
  en: "set the lease to what the node really is: in etcd the key's PublicIP and VtepMAC (keep its etcd lease), in Kubernetes the Node's annotations flannel.alpha.coreos.com/public-ip and backend-data",
  zh: '将租约改成该节点的真实值：etcd 中该 key 的 PublicIP 与 VtepMAC（保留其 etcd lease）；Kubernetes 模式下为 Node 注解 flannel.alpha.coreos.com/public-ip 与 backend-data',
};
