import { deleteAddress } from '#actions/address/preview';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import type { OfDevice } from './text.ts';

/** Takes the stranger's address away, and with it the route that it brought. */
export const fix = ({ node, device, address, length }: OfDevice): Plan => ({
  steps: [deleteAddress(onNode(node), device, address, length)],
  blast: {
    en: `containers and guests behind ${device} of ${node} lose their gateway until their network has a new range`,
    zh: `${node} 上 ${device} 后面的容器或虚拟机会失去网关，直到为其网络换用新网段`,
  },
  lasting: {
    en: 'Docker hands such ranges out by itself: fix them with "default-address-pools" and "bip" in /etc/docker/daemon.json; docker compose networks with an explicit ipam subnet; libvirt with `virsh net-edit`; VPC and VPN ranges belong into the plan from which the pod and Service ranges are drawn',
    zh: 'Docker 会自行分配此类网段：在 /etc/docker/daemon.json 用 "default-address-pools" 与 "bip" 固定；docker compose 网络显式指定 ipam 网段；libvirt 用 `virsh net-edit`；VPC、VPN 网段应与 Pod、Service 网段统一规划',
  },
});
