import { podBridges, type PodNamespace, podNamespaces, podSubnets } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { type Cidr, contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { programOfDevice, programOfProtocol } from '../owner/names.ts';
import { PLUGINS, type Plugin, pluginsOn } from './plugins.ts';

/** A pod with an address of no range that the running pod network has. */
export type LeftoverPod = {
  /** The plugin that made it, where its veth tells; `null`: the same kind of bridge with another range. */
  readonly plugin: string | null;
  readonly running: string;
  readonly pod: PodNamespace & { readonly address: Ip; readonly device: string };
  /** The ranges that its node's pods have by now. */
  readonly subnets: readonly Cidr[];
};

const isWithin = (subnets: readonly Cidr[], address: Ip): boolean => subnets.some((subnet) => contains(subnet, address));

/** A pod network of which it is told what addresses a node's pods have, and which pods cannot be its own. */
type Ranged = { readonly network: string; readonly own: readonly Cidr[]; readonly strange: readonly PodNamespace[] };

/** The pods of a node that were made by an earlier pod network, or in an earlier range, and were never made anew. */
export function leftoverPods(facts: Facts, node: string): Seen<readonly LeftoverPod[]> {
  const ranged = [ofLeases(facts, node), ofBlocks(facts, node)].filter(({ own, strange }) => own.length > 0 && strange.length > 0);
  if (ranged.length === 0) return seen([], []);
  const plugins = pluginsOn(facts, node);
  if (plugins.is === 'gap') return plugins;
  const [running] = plugins.value;
  const told = ranged.find(({ network }) => network === running?.name);
  if (running === undefined || told === undefined) return seen([], plugins.origins);
  return seen(
    told.strange.flatMap((pod): LeftoverPod[] => {
      const maker = makerOf(pod);
      const { address, device } = pod;
      if (address === null || device === null || (maker !== undefined && plugins.value.includes(maker))) return [];
      return [{ plugin: maker?.name ?? null, running: running.name, pod: { ...pod, address, device }, subnets: told.own }];
    }),
    plugins.origins,
  );
}

/** Leases tell flannel's ranges. */
function ofLeases(facts: Facts, node: string): Ranged {
  const [own, all] = [podSubnets(facts, node), podSubnets(facts)];
  return { network: 'flannel', own, strange: podsOf(facts, node).filter((pod) => isStrange(facts, pod, own, all)) };
}

/** Calico keeps a blackhole for each block that a node has, and puts no pod on a bridge: one that is on cni0 and has no address of a block is none of its own. */
function ofBlocks(facts: Facts, node: string): Ranged {
  const own = blocksOf(facts, node);
  const all = facts.nodes().flatMap((one) => blocksOf(facts, one));
  const isOther = ({ scope, address, bridge }: PodNamespace): boolean => {
    const addresses = facts.seen('address', scope);
    const isOnBridge = bridge !== null && programOfDevice(bridge) === 'CNI bridge';
    return isOnBridge && address !== null && addresses.is === 'seen' && !addresses.value.some((held) => isWithin(all, held.address));
  };
  return { network: 'Calico', own, strange: own.length === 0 ? [] : podsOf(facts, node).filter(isOther) };
}

function blocksOf(facts: Facts, node: string): readonly Cidr[] {
  const routes = facts.seen('route', onNode(node), 'main');
  if (routes.is === 'gap') return [];
  return routes.value.flatMap(({ type, protocol, to }) => (type === 'blackhole' && isOfCalico(protocol) ? [to] : []));
}

const isOfCalico = (protocol: string | undefined): boolean =>
  protocol !== undefined && (programOfProtocol(protocol)?.startsWith('Calico') ?? false);

const podsOf = (facts: Facts, node: string): readonly PodNamespace[] => podNamespaces(facts).filter((pod) => pod.node === node);

/** Outside of every range, though the bridge that it would be on has an address of its node's. */
function isStrange(facts: Facts, { address, placedBy, bridge, node }: PodNamespace, own: readonly Cidr[], all: readonly Cidr[]): boolean {
  if (address === null || placedBy === null || familyOf(address) !== 4 || isWithin(all, address)) return false;
  const addresses = facts.seen('address', onNode(node));
  const bridges = podBridges(facts, node).filter(({ name }) => bridge === null || name === bridge);
  return (
    addresses.is === 'seen' && bridges.some(({ name }) => addresses.value.some((one) => one.dev === name && isWithin(own, one.address)))
  );
}

/** Whose end of a veth it is that a pod hangs on. */
function makerOf({ veth }: PodNamespace): Plugin | undefined {
  const program = veth === null ? null : programOfDevice(veth);
  return program === null ? undefined : PLUGINS.find(({ owners }) => owners.includes(program));
}
