import type { View } from '#engine/view';
import { podNamespaces } from '#dataplane/pods';
import type { Link } from '#facts/link/link';
import { selectedPods } from '#intent/endpoint-slices/selected';
import { CLUSTER } from '#snapshot/scope';

/**
 * Whether a pod at one of a node's ports is picked by a Service that was asked for nothing, for nobody stood behind it: that the pod comes
 * back to itself waits behind what left the Service without endpoints.
 */
export function isUnasked({ facts, checks }: View, node: string, ports: readonly Link[]): boolean {
  const services = facts.seen('service', CLUSTER);
  if (ports.length === 0 || services.is === 'gap') return false;
  const names = new Set(ports.map(({ name }) => name));
  const there = podNamespaces(facts).flatMap(({ node: at, veth, address }) =>
    at === node && names.has(veth ?? '') ? (address ?? []) : [],
  );
  const asked = new Set(checks.filter(({ kind }) => kind === 'pod-service').map(({ flow }) => flow?.to));
  const unasked = services.value.filter(({ clusterIps }) => clusterIps.length > 0 && !clusterIps.some((address) => asked.has(address)));
  return unasked.some((service) =>
    (selectedPods(facts, service) ?? []).some(({ addresses }) => addresses.some((one) => there.includes(one))),
  );
}
