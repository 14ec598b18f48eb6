import type { NftRule } from '#facts/nft/nft';
import { type Backend, endText } from '../backends.ts';
import { isOutward, type ServicePort, type Sorted } from '../service-port.ts';
import { namesOf, type PortNames } from './names.ts';
import type { Settings } from './settings.ts';
import { keptOut } from './source-ranges.ts';
import { address, byChance, named, nftRule, type Part, plain, verdict, where } from './written.ts';

/** The chains that one Service port brings with their rules, and the sets that remember whom its endpoints served. */
export type PortRules = {
  readonly chains: readonly (readonly [chain: string, rules: readonly NftRule[]])[];
  readonly kept: readonly (readonly [set: string, seconds: number])[];
};

const MARK = verdict('jump', 'mark-for-masquerade');
const fromNode: Part = {
  text: 'fib saddr type local',
  does: { does: 'match', op: '==', left: { is: 'fib', flags: ['saddr'], result: 'type' }, right: 'local' },
};

/** What kube-proxy v1.34 in nftables mode writes for a Service port on a node (pkg/proxy/nftables, syncProxyRules), but for the elements of maps. */
export function portRules(port: ServicePort, sorted: Sorted, settings: Settings): PortRules {
  const names = namesOf(port);
  const { categories, usesCluster, usesLocal, hasInternal } = sorted;
  const chains = new Map<string, readonly NftRule[]>();
  const add = (chain: string, rules: readonly NftRule[]): void => void chains.set(chain, [...(chains.get(chain) ?? []), ...rules]);
  const internal = port.policy.internal === 'Local' ? names.local : names.cluster;
  const picks = (backends: readonly Backend[]): readonly NftRule[] => pickRules(port, names, byPlace(backends), settings);
  if (hasInternal) add(internal, fromElsewhere(port, settings));
  if (categories.any && isOutward(port)) add(names.external, externalRules(port, sorted, names, settings));
  const guard = keptOut(port, settings);
  if (guard !== null) add(names.firewall, [guard]);
  if (usesCluster) add(names.cluster, picks(categories.cluster));
  if (usesLocal) add(names.local, picks(categories.local));
  const reached = byPlace([...new Set([...(usesCluster ? categories.cluster : []), ...(usesLocal ? categories.local : [])])]);
  for (const backend of reached) add(names.endpoint(backend), endpointRules(port, names, backend, settings));
  const seconds = port.policy.affinitySeconds;
  return { chains: [...chains], kept: seconds === null ? [] : reached.map((backend) => [names.affinity(backend), seconds] as const) };
}

/** In the order of the endpoints' texts, as proxy.EndpointsMap keeps them. */
const byPlace = (backends: readonly Backend[]): readonly Backend[] =>
  backends.toSorted((one, other) => (endText(one) < endText(other) ? -1 : 1));

/** What comes to a cluster IP from outside of the pods' network gets the node's address, so that answers come back this way. */
function fromElsewhere({ cluster }: ServicePort, { headers, masqueradeAll, local }: Settings): readonly NftRule[] {
  if (!masqueradeAll && local === null) return [];
  const elsewhere = masqueradeAll || local === null ? [] : [local.not];
  return cluster.map((front) => nftRule([where(headers, 'daddr', plain(front.address)), ...elsewhere, MARK]));
}

/** With policy Local pods and the node itself go on as if they had gone around over the balancer. */
function externalRules({ policy }: ServicePort, { hasExternal }: Sorted, names: PortNames, { local }: Settings): readonly NftRule[] {
  const isLocal = policy.external === 'Local';
  const onward = hasExternal ? [nftRule([verdict('goto', isLocal ? names.local : names.cluster)])] : [];
  if (!isLocal) return [nftRule([MARK]), ...onward];
  const toAll = verdict('goto', names.cluster);
  return [
    ...(local === null ? [] : [nftRule([local.is, toAll], 'short-circuit pod traffic')]),
    nftRule([fromNode, MARK], 'masquerade local traffic'),
    nftRule([fromNode, toAll], 'short-circuit local traffic'),
    ...onward,
  ];
}

/** The client's last endpoint first, where affinity asks for it, else by chance (writeServiceToEndpointRules). */
function pickRules({ policy }: ServicePort, names: PortNames, backends: readonly Backend[], { headers }: Settings): readonly NftRule[] {
  const kept =
    policy.affinitySeconds === null
      ? []
      : backends.map((backend) =>
          nftRule([where(headers, 'saddr', named(names.affinity(backend))), verdict('goto', names.endpoint(backend))]),
        );
  return [...kept, nftRule([byChance(backends.map(names.endpoint))])];
}

/** What comes from the endpoint itself is masqueraded, the client is remembered, and the packet is led there. */
function endpointRules({ protocol, policy }: ServicePort, names: PortNames, backend: Backend, { headers }: Settings): readonly NftRule[] {
  const set = names.affinity(backend);
  const remember: Part = {
    text: `update @${set} { ${headers} saddr }`,
    does: { does: 'element', op: 'update', set, key: address(headers, 'saddr'), limited: false },
  };
  const isOfProtocol: Part = {
    text: `meta l4proto ${protocol}`,
    does: { does: 'match', op: '==', left: { is: 'meta', key: 'l4proto' }, right: protocol },
  };
  const led: Part = {
    text: `dnat to ${endText(backend)}`,
    does: { does: 'nat', kind: 'dnat', family: null, address: backend.address, port: backend.port, flags: [] },
  };
  return [
    nftRule([where(headers, 'saddr', plain(backend.address)), MARK]),
    ...(policy.affinitySeconds === null ? [] : [nftRule([remember])]),
    nftRule([isOfProtocol, led]),
  ];
}
