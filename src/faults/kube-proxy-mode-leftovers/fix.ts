import { deleteAddress } from '#actions/address/preview';
import { deleteRule } from '#actions/iptables-rule/preview';
import { deleteNftTable } from '#actions/nft-table/preview';
import type { Plan } from '#engine/plan';
import { kubeProxyJumps } from '#intent/kube-proxy/old-jumps';
import type { TwoModes } from '#intent/kube-proxy/two-modes';
import { onNode } from '#snapshot/scope';
import { type Address, DEVICE } from './left.ts';
import type { Addresses } from './text-addresses.ts';
import type { Rules } from './text-rules.ts';

/** The addresses that do harm go at once; the device itself with all others is a person's to delete. */
export const addressesFix = ({ node }: Addresses, harmful: readonly Address[]): Plan => ({
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

const tablesGone = (node: string, both: TwoModes): Plan['steps'] =>
  both.is === 'leftover' ? both.tables.nft.map(({ family, name }) => deleteNftTable(onNode(node), { family, name })) : [];

const jumpsGone = (node: string, both: TwoModes): Plan['steps'] =>
  both.is === 'leftover'
    ? kubeProxyJumps(both.tables.iptables).map(({ table, chain, position, rule }) => deleteRule(onNode(node), table, chain, position, rule))
    : [];

/** The rules of the former mode go: its tables, or the jumps to its chains. */
export const rulesFix = ({ node, old, mode }: Rules, both: TwoModes): Plan => ({
  steps: old === 'nftables' ? tablesGone(node, both) : jumpsGone(node, both),
  blast: {
    en: `new connections on ${node} follow the rules of ${mode} mode alone; those that are tracked stay where they are until they end`,
    zh: `${node} 上的新连接只按 ${mode} 模式的规则转发；已被跟踪的连接保持到结束`,
  },
  lasting: {
    en: `after a change of the mode run \`kube-proxy --cleanup\` on every node before the new one starts; it deletes ${old === 'nftables' ? 'the tables ip and ip6 kube-proxy' : 'the KUBE- chains and their jumps in both families'}. A reboot does it too`,
    zh: `切换模式后，应在每个节点先执行 \`kube-proxy --cleanup\` 再启动新模式，它会删除${old === 'nftables' ? ' ip 与 ip6 两个 kube-proxy 表' : '两个协议族的 KUBE- 链及其跳转'}；重启节点同样可清除`,
  },
});
