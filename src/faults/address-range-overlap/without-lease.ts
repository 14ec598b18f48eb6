import { deleteLease } from '#actions/etcd-key/lease';
import type { Plan } from '#engine/plan';
import type { View } from '#engine/view';
import { leaseAt } from '#intent/flannel/peers';
import type { OfLease } from './text.ts';

/** A lease that nobody lives in goes; where a machine does, the network's plan is wrong, and that is a person's to change. */
export function withoutLease({ prefix, home, node }: OfLease, { facts }: View): Plan {
  const lease = leaseAt(facts, prefix);
  const gone = lease === undefined ? undefined : deleteLease(facts, home ?? node, lease);
  const done = gone === undefined ? [] : [gone];
  return {
    ...(home === null && done.length > 0 ? { steps: done } : { steps: [], byHand: done, manual }),
    blast: {
      en: `pods in ${prefix}, if there are any, are no more led to by the tunnel; packets to the machines in it go to them again`,
      zh: `隧道不再通往 ${prefix} 中的 Pod（若有）；发往其中各机器的报文恢复直达`,
    },
    lasting: {
      en: "flannel gives out subnets of its Network wherever machines are: choose a Network (and a Service range) that overlaps neither the machines' network nor what is reached through it (`etcdctl get …/config`, the ConfigMap kube-flannel-cfg, kubeadm's podSubnet)",
      zh: 'flannel 会在其 Network 内任意分配子网：Network（以及 Service 网段）不得与机器网络及经其可达的网段重叠（检查 `etcdctl get …/config`、kube-flannel-cfg ConfigMap、kubeadm 的 podSubnet）',
    },
  };
}

const manual: Plan['blast'] = {
  en: "give flannel a Network outside the machines' own (config in etcd or kube-flannel-cfg, and kube-proxy's and the controller manager's cluster CIDR), then drain node after node, remove its pod bridge and subnet.env, and let it join again",
  zh: '将 flannel 的 Network 改到机器网段之外（etcd 中的 config 或 kube-flannel-cfg，以及 kube-proxy 与 controller-manager 的 cluster CIDR），再逐个驱逐节点，删除网桥与 subnet.env 后重新加入',
};
