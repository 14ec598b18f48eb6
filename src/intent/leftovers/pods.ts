import { podBridges, type PodNamespace, podNamespaces, podSubnets } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import { type Cidr, contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { type Seen, seen } from '#snapshot/seen';
import { programOfDevice } from '../owner/names.ts';
import { PLUGINS, type Plugin, runsAmong } from './plugins.ts';

/** A pod with an address of no range that the running pod network has. */
export type LeftoverPod = {
  /** The plugin that made it, where its veth tells; `null`: the same kind of bridge with another range. */
  readonly plugin: string | null;
  readonly running: string;
  readonly pod: PodNamespace & { readonly address: Ip; readonly device: string };
  /** The ranges that its node's pods have by now. */
  readonly subnets: readonly Cidr[];
};

/** The one network of which the leases tell what addresses its pods have. */
const TOLD = 'flannel';

const isWithin = (subnets: readonly Cidr[], address: Ip): boolean => subnets.some((subnet) => contains(subnet, address));

/** The pods of a node that were made by an earlier pod network, or in an earlier range, and were never made anew. */
export function leftoverPods(facts: Facts, node: string): Seen<readonly LeftoverPod[]> {
  const [own, all] = [podSubnets(facts, node), podSubnets(facts)];
  const strange = podNamespaces(facts).flatMap((pod) => (pod.node === node && isStrange(facts, pod, own, all) ? [pod] : []));
  if (own.length === 0 || strange.length === 0) return seen([], []);
  const processes = facts.seen('process', onNode(node));
  if (processes.is === 'gap') return processes;
  const runs = (plugin: Plugin): boolean => runsAmong(processes.value, plugin);
  const running = PLUGINS.find(({ name }) => name === TOLD);
  if (running === undefined || !runs(running)) return seen([], processes.origins);
  return seen(
    strange.flatMap((pod): LeftoverPod[] => {
      const maker = makerOf(pod);
      const { address, device } = pod;
      if (address === null || device === null || (maker !== undefined && runs(maker))) return [];
      return [{ plugin: maker?.name ?? null, running: running.name, pod: { ...pod, address, device }, subnets: own }];
    }),
    processes.origins,
  );
}

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
