import { deleteAddress } from '#actions/address/preview';
import type { Plan } from '#engine/plan';
import { onNode } from '#snapshot/scope';
import { type Address, DEVICE } from './left.ts';
import type { Found } from './text.ts';

/** The addresses that do harm go at once; the device itself with all others is a person's to delete. */
export const fix = ({ node }: Found, harmful: readonly Address[]): Plan => ({
  steps: harmful.map(({ address, length }) => deleteAddress(onNode(node), DEVICE, address, length)),
  blast: {
    en: `${node} no longer answers for these addresses by itself; Services are served by kube-proxy's rules, which stay as they are`,
    zh: `${node} 不再自行应答这些地址；Service 由 kube-proxy 的规则提供服务，不受影响`,
  },
  lasting: {
    en: 'after a change of the mode run `kube-proxy --cleanup` on every node before the new one starts, or: ip link del kube-ipvs0; ipvsadm --clear; ipset destroy for each KUBE- set; nft delete table ip kube-proxy (from nftables mode). The API address of a node never belongs into externalIPs',
    zh: '切换模式后，应在每个节点先执行 `kube-proxy --cleanup` 再启动新模式；或手工：ip link del kube-ipvs0；ipvsadm --clear；逐个 ipset destroy KUBE-*；nft delete table ip kube-proxy（自 nftables 模式切换时）。不要把节点自身地址写入 externalIPs',
  },
});
