import type { Facts } from '#facts/facts';
import { CLUSTER, onNode } from '#snapshot/scope';
import type { Gap } from '#snapshot/gap';
import type { Origin } from '#snapshot/origin';
import { notTold } from './verdict.ts';

/** Programs that enforce policies, by what shows them: chains, tables of nftables, processes, pods. `blocksHoldPods`: their ipBlocks hold pods by address. */
const ENFORCERS = [
  {
    name: 'Calico',
    chain: /^cali-/,
    table: /^calico$/,
    process: /^(calico-(node|felix)|felix)$/,
    pod: /^(calico-node|canal)-/,
    blocksHoldPods: true,
  },
  {
    name: 'Cilium',
    chain: /^(OLD_)?CILIUM_/,
    table: null,
    process: /^cilium(-agent)?$/,
    pod: /^(cilium|anetd)-[a-z0-9]{5}$/,
    blocksHoldPods: false,
  },
  {
    name: 'kube-router',
    chain: /^KUBE-(ROUTER|NWPLCY|POD-FW)-/,
    table: null,
    process: /^kube-router$/,
    pod: /^kube-router-/,
    blocksHoldPods: true,
  },
  { name: 'Weave Net', chain: /^WEAVE-NPC/, table: null, process: /^weave-npc$/, pod: /^weave-net-/, blocksHoldPods: true },
  { name: 'Antrea', chain: /^ANTREA-/, table: null, process: /^antrea-agent$/, pod: /^antrea-agent-/, blocksHoldPods: true },
  {
    name: 'kube-network-policies',
    chain: null,
    table: /^(kube-network-policies|kindnet-network-policies)$/,
    process: /^kube-network-policies$/,
    pod: /^(kube-network-policies|kindnet)-/,
    blocksHoldPods: true,
  },
  { name: 'Azure NPM', chain: /^AZURE-NPM/, table: null, process: /^azure-npm$/, pod: /^azure-npm-/, blocksHoldPods: true },
  { name: 'Kube-OVN', chain: null, table: null, process: /^kube-ovn-daemon$/, pod: /^kube-ovn-cni-/, blocksHoldPods: true },
  { name: 'OVN-Kubernetes', chain: null, table: null, process: /^ovnkube/, pod: /^ovnkube-node-/, blocksHoldPods: true },
] as const;

/** Whether anything in the cluster enforces NetworkPolicies: that is the network plugin's affair, not the API's. */
export type Enforcer =
  | {
      readonly is: 'enforced';
      readonly by: (typeof ENFORCERS)[number]['name'];
      readonly blocksHoldPods: boolean;
      readonly evidence: readonly Origin[];
    }
  | { readonly is: 'not enforced'; readonly because: string; readonly evidence: readonly Origin[] }
  | { readonly is: 'unknown'; readonly gap: Gap };

/** Who enforces policies here. */
export function enforcerOf(facts: Facts): Enforcer {
  for (const { name, chain, table, process, pod, blocksHoldPods } of ENFORCERS) {
    const evidence = [...chainsLike(facts, chain), ...tablesLike(facts, table), ...processesLike(facts, process), ...podsLike(facts, pod)];
    if (evidence.length > 0) return { is: 'enforced', by: name, blocksHoldPods, evidence };
  }
  return (
    plainFlannel(facts) ?? {
      is: 'unknown',
      gap: notTold('network-policy', 'no network plugin was seen that would enforce policies', CAPTURE),
    }
  );
}

const CAPTURE = 'leadline capture on a node; kubectl get pods -A -o json';

/** The first chain of each node that a program names so. */
const chainsLike = (facts: Facts, name: RegExp | null): readonly Origin[] =>
  facts.nodes().flatMap((node) => {
    const read = name === null ? undefined : facts.seen('iptables', onNode(node));
    const chains = read === undefined || read.is === 'gap' ? [] : read.value.flatMap((table) => table.chains);
    const found = chains.find((chain) => name?.test(chain.name) === true);
    return found === undefined ? [] : [found.origin];
  });

/** The tables of nftables that a program names so. */
const tablesLike = (facts: Facts, name: RegExp | null): readonly Origin[] =>
  facts.nodes().flatMap((node) => {
    const read = name === null ? undefined : facts.seen('nft', onNode(node));
    const tables = read === undefined || read.is === 'gap' ? [] : read.value;
    return tables.filter((table) => name?.test(table.name) === true).map(({ origin }) => origin);
  });

const processesLike = (facts: Facts, name: RegExp): readonly Origin[] =>
  facts.nodes().flatMap((node) => {
    const read = facts.seen('process', onNode(node));
    return read.is === 'gap' ? [] : read.value.filter((one) => name.test(one.name)).map(({ origin }) => origin);
  });

function podsLike(facts: Facts, name: RegExp): readonly Origin[] {
  const read = facts.seen('pod', CLUSTER);
  return read.is === 'gap' ? [] : read.value.filter((one) => name.test(one.name)).map(({ origin }) => origin);
}

/** flannel enforces nothing; where its traces are seen, and on some node every table without any other's chains, nobody does. */
function plainFlannel(facts: Facts): Enforcer | undefined {
  const traces = [
    ...processesLike(facts, /^flanneld$/),
    ...podsLike(facts, /^kube-flannel-/),
    ...chainsLike(facts, /^FLANNEL-/),
    ...facts.nodes().flatMap((node) => {
      const read = facts.seen('subnet-env', onNode(node));
      return read.is === 'gap' ? [] : read.value.map(({ origin }) => origin);
    }),
  ];
  const tables = facts.nodes().flatMap((node) => {
    const read = facts.seen('iptables', onNode(node));
    const covers = facts.partition('iptables', onNode(node))?.covers ?? [];
    const isRead = covers === true || covers.some((part) => part.startsWith('4 ') && part.endsWith(' filter'));
    return read.is === 'seen' && isRead ? read.origins : [];
  });
  if (traces.length === 0 || tables.length === 0) return undefined;
  const because = 'flannel enforces no policies, and no other program that would was seen';
  return { is: 'not enforced', because, evidence: [...traces.slice(0, 1), ...tables.slice(0, 1)] };
}
