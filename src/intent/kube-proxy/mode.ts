import type { Facts } from '#facts/facts';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { kubeProxyFlag } from './daemon.ts';

/** How kube-proxy serves Services on a node. */
export type Mode = 'iptables' | 'nftables';

/**
 * The mode that a node's rules show; `null`: neither of both, so IPVS or another proxy serves it. In IPVS mode there is no chain for
 * a Service of its own.
 */
export function modeOf(facts: Facts, node: string): Seen<Mode | null> {
  const [tables, nft] = [facts.seen('iptables', onNode(node)), facts.seen('nft', onNode(node))];
  const chains = tables.is === 'gap' ? [] : tables.value.filter(({ table }) => table === 'nat').flatMap((table) => table.chains);
  if (chains.some(({ name, rules }) => name.startsWith('KUBE-SVC-') && rules.length > 0))
    return seen('iptables', tables.is === 'gap' ? [] : tables.origins);
  if (nft.is === 'seen' && nft.value.some(({ name }) => name === 'kube-proxy')) return seen('nftables', nft.origins);
  return tables.is === 'gap' ? tables : seen(null, tables.origins);
}

/** Whether the kube-proxy of a node serves by IPVS: by its flag, else where no rules of another mode are and IPVS serves at its device. */
export function servesByIpvs(facts: Facts, node: string): boolean {
  const mode = modeOf(facts, node);
  if (mode.is === 'seen' && mode.value !== null) return false;
  const flag = kubeProxyFlag(facts, node, 'proxy-mode');
  if (flag !== undefined) return flag === 'ipvs';
  const [links, virtual] = [facts.seen('link', onNode(node)), facts.seen('ipvs-service', onNode(node))];
  return links.is === 'seen' && links.value.some(({ name }) => name === 'kube-ipvs0') && virtual.is === 'seen' && virtual.value.length > 0;
}

/** Whether the kube-proxy of a node writes a table of nftables: by its rules; where there are none any more by its flag, else as all others do. */
export function writesNft(facts: Facts, node: string): boolean {
  const mode = modeOf(facts, node);
  if (mode.is === 'seen' && mode.value !== null) return mode.value === 'nftables';
  const flag = kubeProxyFlag(facts, node, 'proxy-mode');
  if (flag !== undefined) return flag === 'nftables';
  const others = facts.nodes().flatMap((other) => {
    const own = modeOf(facts, other);
    return other === node || own.is === 'gap' || own.value === null ? [] : [own.value];
  });
  return others.length > 0 && others.every((one) => one === 'nftables');
}
