import type { IptablesRule } from '#facts/iptables/iptables';
import { cidrOf } from '#net/cidr';
import { bitsOf } from '#net/ip';
import { externalChain, firewallChain, localChain, serviceChain } from './chain-name.ts';
import { endpointChains, picks } from './endpoint-rules.ts';
import { externalRules, firewallRules } from './external-rules.ts';
import type { Front } from './fronts.ts';
import { isOutward, rangesOf, type ServicePort, type Sorted, type Where } from './service-port.ts';
import { comment, type Match, type Wanted } from '#facts/iptables/written-rule';
import { writtenRule } from './written-rule.ts';

type Rules = ReadonlyMap<string, readonly IptablesRule[]>;

/** The rules that one Service port brings, by chain. */
export type ServiceRules = { readonly nat: Rules; readonly filter: Rules };

type Put = (table: 'nat' | 'filter', chain: string, wanted: Wanted) => void;

const SERVICES = 'KUBE-SERVICES';
const REFUSED = { 4: [['--reject-with', 'icmp-port-unreachable']], 6: [['--reject-with', 'icmp6-port-unreachable']] } as const;

const portMatch = (protocol: string, port: number): Match => [protocol, ['--dport', String(port)]];

/** Where packets for a front are caught: by its address, or for a node port by the node's own. */
function at({ kind, address, family, protocol, port }: Front, words: string): Omit<Wanted, 'target'> {
  if (kind === 'node port') {
    return { protocol, matches: [comment(words), ['addrtype', ['--dst-type', 'LOCAL']], portMatch(protocol, port)] };
  }
  return {
    destination: { value: cidrOf(address, bitsOf(family)), not: false },
    protocol,
    matches: [comment(words), portMatch(protocol, port)],
  };
}

/**
 * What kube-proxy v1.34 writes in one family for a Service port on a node (pkg/proxy/iptables, syncProxyRules): the ways in, a chain that picks
 * an endpoint for each traffic policy, a chain for each endpoint; a refusal where there is none.
 */
export function serviceRules(port: ServicePort, sorted: Sorted, where: Where): ServiceRules {
  const tables = { nat: new Map<string, IptablesRule[]>(), filter: new Map<string, IptablesRule[]>() };
  const put: Put = (table, chain, wanted) => {
    const own = tables[table].get(chain) ?? [];
    tables[table].set(chain, own);
    own.push(writtenRule(chain, wanted));
  };
  capture(port, sorted, put);
  for (const [chain, rules] of ownChains(port, sorted, where)) tables.nat.set(chain, [...rules]);
  return tables;
}

/** The rules in the shared chains: who is led on, who is refused, and whom the health check's port lets in. */
function capture(port: ServicePort, { categories: { any }, hasInternal, hasExternal }: Sorted, put: Put): void {
  const { name, protocol, policy } = port;
  const internal = policy.internal === 'Local' ? localChain(name, protocol) : serviceChain(name, protocol);
  const outside = externalChain(name, protocol);
  const guarded = rangesOf(port).length > 0 && any;
  const refuse = (chain: string, front: Front): void =>
    put('filter', chain, {
      ...at(front, `${name} has no ${any ? 'local ' : ''}endpoints`),
      ...(any ? { target: 'DROP' } : { target: 'REJECT', options: REFUSED[front.family] }),
    });
  for (const front of port.cluster) {
    if (hasInternal) put('nat', SERVICES, { ...at(front, `${name} cluster IP`), target: internal });
    else refuse(SERVICES, front);
  }
  const outward = [...port.externalIps, ...port.balancers, ...port.nodePorts];
  for (const front of any ? outward : []) {
    const { kind } = front;
    if (kind === 'node port') {
      put('nat', 'KUBE-NODEPORTS', { protocol, matches: [comment(name), portMatch(protocol, front.port)], target: outside });
      continue;
    }
    const isGuarded = kind === 'load balancer' && guarded;
    const words = `${name} ${kind === 'load balancer' ? 'loadbalancer' : 'external'} IP`;
    put('nat', SERVICES, { ...at(front, words), target: isGuarded ? firewallChain(name, protocol) : outside });
    if (!isGuarded) continue;
    const kept = `${name} traffic not accepted by ${firewallChain(name, protocol)}`;
    put('filter', 'KUBE-PROXY-FIREWALL', { ...at(front, kept), target: 'DROP' });
  }
  if (!hasExternal) for (const front of outward) refuse('KUBE-EXTERNAL-SERVICES', front);
  if (policy.healthCheckNodePort === null) return;
  const words = comment(`${name} health check node port`);
  put('filter', 'KUBE-NODEPORTS', { protocol: 'tcp', matches: [words, portMatch('tcp', policy.healthCheckNodePort)], target: 'ACCEPT' });
}

/** The chains of the Service port itself. */
function ownChains(port: ServicePort, sorted: Sorted, where: Where): Rules {
  const { nodeAddress, clusterCidr } = where;
  const { name, protocol, policy } = port;
  const { categories, usesCluster, usesLocal, hasInternal, hasExternal } = sorted;
  const [cluster, local] = [serviceChain(name, protocol), localChain(name, protocol)];
  const internal = policy.internal === 'Local' ? local : cluster;
  const chains = new Map<string, readonly IptablesRule[]>();
  const add = (chain: string, rules: readonly IptablesRule[]): void => void chains.set(chain, [...(chains.get(chain) ?? []), ...rules]);
  if (hasInternal)
    add(
      internal,
      port.cluster.flatMap((front) => fromElsewhere(internal, front, where)),
    );
  if (categories.any && isOutward(port)) {
    add(externalChain(name, protocol), externalRules(port, hasExternal, clusterCidr));
    if (rangesOf(port).length > 0) add(firewallChain(name, protocol), firewallRules(port, nodeAddress));
  }
  if (usesCluster) add(cluster, picks(port, cluster, categories.cluster));
  if (usesLocal) add(local, picks(port, local, categories.local));
  const reached = [...(usesCluster ? categories.cluster : []), ...(usesLocal ? categories.local : [])];
  for (const [chain, rules] of endpointChains(port, [...new Set(reached)])) add(chain, rules);
  return chains;
}

/** What comes from outside of the pods' network to a cluster IP gets the node's address, so that answers come back this way. */
function fromElsewhere(chain: string, front: Front, { clusterCidr, masqueradeAll }: Where): readonly IptablesRule[] {
  if (clusterCidr === null && !masqueradeAll) return [];
  const source = masqueradeAll || clusterCidr === null ? {} : { source: { value: clusterCidr, not: true } };
  return [writtenRule(chain, { ...source, ...at(front, `${front.name} cluster IP`), target: 'KUBE-MARK-MASQ' })];
}
