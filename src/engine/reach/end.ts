import type { Facts } from '#facts/facts';
import { resolveEndpoint } from '#dataplane/endpoints';
import { memoised } from '#dataplane/memo';
import { isOver, podNamespaces } from '#dataplane/pods';
import type { FactOf } from '#facts/kinds';
import type { PodPort } from '#facts/pod/pod';
import type { Ip } from '#net/ip';
import { CLUSTER, onNode, type Scope } from '#snapshot/scope';
import { nodeAddresses, oneOfEach, podAddresses } from './addresses.ts';

/** Somebody who may reach others or be reached: a pod, a node, a Service, or an address outside. */
export type ReachEnd = {
  readonly kind: 'pod' | 'node' | 'service' | 'address';
  /** `shop/web-0`, `node/A`, `svc/shop/web`, `198.51.100.77`. */
  readonly name: string;
  readonly node: string | null;
  /** Where packets of it start; `null`: it was not captured. */
  readonly scope: Scope | null;
  /** The address that it is asked by: its first, or that of the family in question. */
  readonly address: Ip | null;
  /** One of each family that it is known by, the first one first. */
  readonly addresses: readonly Ip[];
  readonly pod: FactOf<'pod'> | null;
  readonly service: FactOf<'service'> | null;
};

const NOBODY = { node: null, scope: null, address: null, addresses: [], pod: null, service: null } as const;

/** An end's addresses, and the first of them. */
const at = (addresses: readonly Ip[]): Pick<ReachEnd, 'address' | 'addresses'> => ({ address: addresses[0] ?? null, addresses });

/** All pods of a cluster: those that objects tell of, joined with the namespaces that were captured. */
export const podEnds: (facts: Facts) => readonly ReachEnd[] = memoised((facts: Facts): readonly ReachEnd[] => {
  const captured = podNamespaces(facts).filter(({ placedBy }) => placedBy !== null);
  const byName = new Map(captured.map((one) => [one.name, one] as const));
  const objects = facts.seen('pod', CLUSTER);
  const running = objects.is === 'gap' ? [] : objects.value.filter((pod) => !isOver(pod));
  const told = running.map((pod): ReachEnd => {
    const name = `${pod.namespace}/${pod.name}`;
    const own = byName.get(name);
    const host = pod.hostNetwork === true && typeof pod.node === 'string' && facts.nodes().includes(pod.node) ? onNode(pod.node) : null;
    const place = { node: pod.node ?? own?.node ?? null, scope: own?.scope ?? host };
    return { ...NOBODY, kind: 'pod', name, ...place, ...at(podAddresses(facts, own, pod)), pod };
  });
  const known = new Set(told.map(({ name }) => name));
  const only = captured.filter(({ name }) => name === null || !known.has(name));
  return [
    ...told,
    ...only.map((own): ReachEnd => {
      const { name, scope, node } = own;
      return { ...NOBODY, kind: 'pod', name: name ?? `${node}/${scope.netns}`, node, scope, ...at(podAddresses(facts, own, null)) };
    }),
  ];
});

/** All captured nodes. */
export const nodeEnds = (facts: Facts): readonly ReachEnd[] =>
  facts.nodes().map((node) => ({
    ...NOBODY,
    kind: 'node' as const,
    name: `node/${node}`,
    node,
    scope: onNode(node),
    ...at(nodeAddresses(facts, node)),
  }));

/** All Services that have an address. */
export function serviceEnds(facts: Facts): readonly ReachEnd[] {
  const read = facts.seen('service', CLUSTER);
  return (read.is === 'gap' ? [] : read.value).flatMap((service) => {
    const name = `svc/${service.namespace}/${service.name}`;
    return service.clusterIps.length === 0
      ? []
      : [{ ...NOBODY, kind: 'service' as const, name, ...at(oneOfEach(service.clusterIps)), service }];
  });
}

/** Whom a text means: a pod, a node, a Service by name, everything of a namespace (`shop/*`), all pods (`pods`), nodes, services, an address. */
export function endsNamed(facts: Facts, text: string): readonly ReachEnd[] | string {
  if (text === 'pods') return podEnds(facts);
  if (text === 'nodes') return nodeEnds(facts);
  if (text === 'services') return serviceEnds(facts);
  const plain = text.replace(/^pod\//, '');
  const all = [...podEnds(facts), ...nodeEnds(facts), ...serviceEnds(facts)];
  const [, prefix] = /^((?:svc\/)?[^/]+\/[^*]*)\*$/.exec(plain) ?? [];
  if (prefix !== undefined) {
    const found = all.filter(({ name }) => name.startsWith(prefix));
    return found.length > 0 ? found : `nothing is called ${plain}`;
  }
  const exact = all.find(({ name }) => name === plain || name === `node/${plain}`) ?? byAddress(all, text);
  if (exact !== undefined) return [exact];
  const resolved = resolveEndpoint(facts, text);
  if (resolved.is === 'problem') return resolved.says;
  const { kind, name, scope, address } = resolved.endpoint;
  const same = all.find((one) => one.name === name.replace(/^pod\//, ''));
  const own = at(address === null ? [] : [address]);
  return [same ?? { ...NOBODY, kind: kind === 'namespace' ? 'pod' : kind, name, node: scope?.node ?? null, scope, ...own }];
}

/** A pod by one of its addresses, and asked by that alone; an address of a node stays an address: its pods of the node's network have it too. */
function byAddress(all: readonly ReachEnd[], text: string): ReachEnd | undefined {
  for (const end of all) {
    const address = end.kind === 'pod' && end.pod?.hostNetwork !== true ? end.addresses.find((one) => one === text) : undefined;
    if (address !== undefined) return { ...end, ...at([address]) };
  }
  return undefined;
}

/** The ports that an end offers; nothing where it tells none. */
export function offeredPorts({ pod, service }: ReachEnd): readonly Pick<PodPort, 'port' | 'protocol'>[] {
  const ports = service?.ports ?? pod?.ports ?? [];
  return [...new Map(ports.map(({ port, protocol }) => [`${protocol} ${port}`, { port, protocol }] as const)).values()];
}
