import type { Cluster, LabNode } from '../../vocabulary.ts';
import { flannelFilter, flannelNat } from './flannel.ts';
import { KUBE_MANGLE, kubeFilter, kubeNat } from './kube-proxy.ts';

type Part = { readonly chains: readonly string[]; readonly rules?: readonly string[] };

const BUILT_IN = {
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
} as const;

function table(name: keyof typeof BUILT_IN, ...parts: readonly Part[]): string {
  const chains = [
    ...BUILT_IN[name].map((chain) => `:${chain} ACCEPT [0:0]`),
    ...parts.flatMap((part) => part.chains.map((chain) => `:${chain} - [0:0]`)),
  ];
  return [`*${name}`, ...chains, ...parts.flatMap((part) => part.rules ?? []), 'COMMIT', ''].join('\n');
}

/** All rules of one healthy node, as input for iptables-restore: kube-proxy's first, then flanneld's. */
export function nodeRules(cluster: Cluster, node: LabNode): string {
  return [
    table('mangle', KUBE_MANGLE),
    table('filter', kubeFilter(cluster.services), flannelFilter(cluster.network)),
    table('nat', kubeNat(cluster), flannelNat(cluster.network, node.subnet)),
  ].join('');
}
