import { nodeAddress } from '#dataplane/endpoints';
import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { map, type Seen } from '#snapshot/seen';
import { type Backend, backendsOf } from './backends.ts';
import { type Categories, categoriesOf, type Sorter } from './categories.ts';
import type { Front } from './fronts.ts';
import { tellsPods } from './local-detection.ts';
import { modeOf } from './mode.ts';

/** Where a packet to a front comes from: a pod of this node, the node itself, or outside of the cluster (with its address). */
export type Source = { readonly is: 'pod' | 'node' } | { readonly is: 'outside'; readonly address: Ip };

/** What a node is to do with a new connection to a front. */
export type Answer =
  | { readonly is: 'endpoints'; readonly backends: readonly Backend[]; readonly because: string }
  | { readonly is: 'reject' | 'drop'; readonly because: string };

/** What a node with kube-proxy should answer at a front (pkg/proxy/iptables and nftables, syncProxyRules). */
export function answerOf(facts: Facts, node: string, front: Front, source: Source): Seen<Answer> {
  const { service, portName, protocol, family, policy } = front;
  const backends = backendsOf(facts, service, portName, protocol.toUpperCase(), family);
  const address = addressOf(facts, node, source);
  const mode = modeOf(facts, node);
  // in nftables mode source ranges are asked before anything else (chain firewall-check), also where there are no endpoints
  if (mode.is === 'seen' && mode.value === 'nftables' && isKeptOut(front, address)) return map(backends, () => keptOut(address));
  const answerTo = (isNear: boolean): Seen<Answer> =>
    map(backends, (all) => decided(front, categoriesOf(all, policy, sorterOf(facts, node)), isNear, address));
  if (source.is !== 'pod') return answerTo(source.is === 'node');
  const tells = tellsPods(facts, node, family);
  if (tells.is === 'seen') return answerTo(tells.value);
  const [near, far] = [answerTo(true), answerTo(false)];
  return isSame(near, far) ? near : tells;
}

/** Whether two answers lead to the same, whatever the reason. */
function isSame(one: Seen<Answer>, other: Seen<Answer>): boolean {
  if (one.is === 'gap' || other.is === 'gap') return one.is === other.is;
  const whither = (answer: Answer): readonly Backend[] => (answer.is === 'endpoints' ? answer.backends : []);
  const [some, others] = [whither(one.value), whither(other.value)];
  return one.value.is === other.value.is && some.length === others.length && some.every((backend) => others.includes(backend));
}

const keptOut = (address: Ip | null): Answer => ({ is: 'drop', because: `${address} is in none of its loadBalancerSourceRanges` });

/** The node as kube-proxy there knows it. */
export function sorterOf(facts: Facts, node: string): Sorter {
  const objects = facts.seen('node', CLUSTER);
  const labels = objects.is === 'gap' ? undefined : objects.value.find(({ name }) => name === node)?.labels;
  return { name: node, zone: labels?.['topology.kubernetes.io/zone'] ?? null };
}

function decided(front: Front, categories: Categories, isNear: boolean, address: Ip | null): Answer {
  if (!categories.any) return { is: 'reject', because: 'it has no endpoints' };
  if (isKeptOut(front, address)) return keptOut(address);
  const { is, backends } = chosen(front, categories, isNear);
  if (backends.length > 0) return { is: 'endpoints', backends, because: reasonOf(is, categories) };
  // Local, and nothing here: dropped, so that a balancer's health check and not the client finds out
  return {
    is: 'drop',
    because: `${is === 'Local' ? 'no endpoint is on this node, and its traffic policy is Local' : 'no endpoint is for this node'}`,
  };
}

type Chosen = { readonly is: 'Cluster' | 'Local'; readonly backends: readonly Backend[] };

/** Pods and nodes reach external addresses as if they had gone around over the balancer: policy Local does not bind them. */
function chosen({ kind, policy }: Front, { cluster, local }: Categories, isNear: boolean): Chosen {
  const isInternal = kind === 'cluster IP';
  const isLocal = isInternal ? policy.internal === 'Local' : policy.external === 'Local' && !isNear;
  return isLocal ? { is: 'Local', backends: local } : { is: 'Cluster', backends: cluster };
}

const reasonOf = (is: Chosen['is'], { because }: Categories): string =>
  is === 'Local' ? 'its traffic policy is Local: those of this node' : (because ?? 'all that are ready');

/** The address that a packet of a source has when a node's rules see it. */
function addressOf(facts: Facts, node: string, source: Source): Ip | null {
  if (source.is === 'outside') return source.address;
  if (source.is === 'node') return nodeAddress(facts, node);
  return podNamespaces(facts).find((pod) => pod.node === node && pod.placedBy !== null && pod.address !== null)?.address ?? null;
}

/** Source ranges hold for everybody, pods and nodes too (the KUBE-FW chain; nftables' firewall-ips). */
export const isKeptOut = ({ kind, policy, family }: Front, address: Ip | null): boolean =>
  kind === 'load balancer' &&
  address !== null &&
  policy.sourceRanges.some((range) => range.includes(':') === (family === 6)) &&
  !policy.sourceRanges.some((range) => contains(range, address));
