import { nodeAddress } from '#dataplane/endpoints';
import type { Facts } from '#facts/facts';
import { type Cidr, cidrFamily, parseCidr } from '#net/cidr';
import { type Family, familyOf, type Ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { kubeProxyFlag } from './daemon.ts';

/** The address by which the kube-proxy of a node knows its node in one family; `null` where it has none, or none is told. */
export function ownAddress(facts: Facts, node: string, family: Family): Ip | null {
  const objects = facts.seen('node', CLUSTER);
  const told = objects.is === 'gap' ? undefined : objects.value.find(({ name }) => name === node);
  const address = nodeAddress(facts, node);
  return [...(address === null ? [] : [address]), ...(told?.internalIps ?? [])].find((one) => familyOf(one) === family) ?? null;
}

/** What the flag of a node's kube-proxy names as the pods' network of one family. */
export function podRange(facts: Facts, node: string, family: Family): Cidr | undefined {
  const told = kubeProxyFlag(facts, node, 'cluster-cidr')?.split(',') ?? [];
  return told.flatMap((one) => parseCidr(one) ?? []).find((one) => cidrFamily(one) === family);
}
