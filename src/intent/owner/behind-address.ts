import { isOver, podNamespaces } from '#dataplane/pods';
import { memoised } from '#dataplane/memo';
import type { Facts } from '#facts/facts';
import { baseOf, type Cidr, cidrFamily, lengthOf } from '#net/cidr';
import { bitsOf, type Ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';
import type { Behind } from './owned.ts';

/** Who has an address: pods, Services, nodes. */
export const behindAddress = (facts: Facts, address: Ip): readonly Behind[] => addressBook(facts).get(address) ?? [];

/** Who has a prefix: the address where it is one, else the flannel lease or the node whose pods it is for. */
export function behindPrefix(facts: Facts, prefix: Cidr): readonly Behind[] {
  if (lengthOf(prefix) === bitsOf(cidrFamily(prefix))) return behindAddress(facts, baseOf(prefix));
  const leases = facts.seen('lease', CLUSTER);
  const nodes = facts.seen('node', CLUSTER);
  const leased = (leases.is === 'gap' ? [] : leases.value).filter(({ subnet }) => subnet === prefix);
  const given = (nodes.is === 'gap' ? [] : nodes.value).filter(({ podCidrs }) => podCidrs.includes(prefix));
  return [
    ...leased.map(
      ({ subnet, publicIp, origin }): Behind => ({
        kind: 'flannel lease',
        name: subnet,
        because: `it is the subnet leased to ${publicIp ?? 'a node'}`,
        origin,
      }),
    ),
    ...given.map(({ name, origin }): Behind => ({ kind: 'Node', name, because: `${prefix} is its pod prefix`, origin })),
  ];
}

const addressBook = memoised((facts: Facts): ReadonlyMap<Ip, readonly Behind[]> => {
  const book = new Map<Ip, Behind[]>();
  const put = (address: Ip, behind: Behind): void => void book.set(address, [...(book.get(address) ?? []), behind]);
  const pods = facts.seen('pod', CLUSTER);
  const named = new Set<string>();
  for (const pod of pods.is === 'gap' ? [] : pods.value) {
    const { namespace, name, addresses, origin } = pod;
    if (pod.hostNetwork === true || isOver(pod)) continue;
    named.add(`${namespace}/${name}`);
    for (const address of addresses)
      put(address, { kind: 'Pod', name: `${namespace}/${name}`, because: `it has the address ${address}`, origin });
  }
  for (const { name, scope, node, address } of podNamespaces(facts)) {
    if (address === null || (name !== null && named.has(name))) continue;
    put(address, {
      kind: 'Pod',
      name: name ?? `${node}/${scope.netns}`,
      because: `its namespace on ${node} has the address ${address}`,
      origin: null,
    });
  }
  const services = facts.seen('service', CLUSTER);
  for (const { namespace, name, clusterIps, policy, origin } of services.is === 'gap' ? [] : services.value) {
    const balancer = policy?.loadBalancer.flatMap(({ address }) => address ?? []) ?? [];
    for (const address of [...clusterIps, ...(policy?.externalIps ?? []), ...balancer]) {
      put(address, { kind: 'Service', name: `${namespace}/${name}`, because: `${address} is an address of it`, origin });
    }
  }
  for (const node of facts.nodes()) {
    const addresses = facts.seen('address', onNode(node));
    for (const { address, dev, origin } of addresses.is === 'gap' ? [] : addresses.value) {
      if (dev !== 'lo' && dev !== 'kube-ipvs0')
        put(address, { kind: 'Node', name: node, because: `${dev} there has the address ${address}`, origin });
    }
  }
  return book;
});
