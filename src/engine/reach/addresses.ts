import { nodeAddress } from '#dataplane/endpoints';
import { podSubnets, type PodNamespace } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { contains } from '#net/cidr';
import { familyOf, type Ip } from '#net/ip';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';

/** The first address of each family, in their order. */
export function oneOfEach(addresses: readonly (Ip | null | undefined)[]): readonly Ip[] {
  const all = addresses.flatMap((address) => address ?? []);
  return all.filter((address, at) => all.findIndex((other) => familyOf(other) === familyOf(address)) === at);
}

/** A pod's addresses as its object tells them; of one that no object tells of, those that its namespace has in the pods' subnets. */
export function podAddresses(facts: Facts, own: PodNamespace | undefined, pod: FactOf<'pod'> | null): readonly Ip[] {
  if (pod !== null || own === undefined) return oneOfEach([own?.address, ...(pod?.addresses ?? [])]);
  const subnets = podSubnets(facts);
  const held = heldBy(facts, own.scope, own.device).filter((address) => subnets.some((subnet) => contains(subnet, address)));
  return oneOfEach([own.address, ...held]);
}

/** A node's addresses: as its object tells them, else those of the device that has the first. */
export function nodeAddresses(facts: Facts, node: string): readonly Ip[] {
  const objects = facts.seen('node', CLUSTER);
  const told = objects.is === 'gap' ? undefined : objects.value.find(({ name }) => name === node)?.internalIps;
  const first = nodeAddress(facts, node);
  if (told !== undefined && told.length > 0) return oneOfEach([first, ...told]);
  const read = facts.seen('address', onNode(node));
  const device = read.is === 'gap' ? undefined : read.value.find(({ address }) => address === first)?.dev;
  return oneOfEach([first, ...(device === undefined ? [] : heldBy(facts, onNode(node), device))]);
}

/** The addresses of a device that others know it by. */
function heldBy(facts: Facts, scope: Scope, device: string | null): readonly Ip[] {
  const read = facts.seen('address', scope);
  const own = read.is === 'gap' ? [] : read.value.filter(({ dev, scope: reach }) => dev === device && reach !== 'link' && reach !== 'host');
  return own.filter(({ deprecated, temporary }) => deprecated !== true && temporary !== true).map(({ address }) => address);
}
