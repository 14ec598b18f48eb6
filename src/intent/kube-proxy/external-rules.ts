import type { IptablesRule } from '#facts/iptables/iptables';
import { type Cidr, cidrOf, contains } from '#net/cidr';
import { bitsOf, type Ip } from '#net/ip';
import { externalChain, firewallChain, localChain, serviceChain } from './chain-name.ts';
import { rangesOf, type ServicePort } from './service-port.ts';
import { comment } from '#facts/iptables/written-rule';
import { writtenRule } from './written-rule.ts';

const MASQUERADE = 'KUBE-MARK-MASQ';

/**
 * The chain of what came for an address outside: with policy Cluster all gets the node's address; with policy Local pods and the
 * node itself go on as if they had gone around over the balancer, and all others keep their address and stay on the node.
 */
export function externalRules(
  { name, protocol, policy }: ServicePort,
  hasExternal: boolean,
  clusterCidr: Cidr | null,
): readonly IptablesRule[] {
  const chain = externalChain(name, protocol);
  const [cluster, local] = [serviceChain(name, protocol), localChain(name, protocol)];
  if (policy.external !== 'Local') {
    const words = `masquerade traffic for ${name} external destinations`;
    return [
      writtenRule(chain, { matches: [comment(words)], target: MASQUERADE }),
      ...(hasExternal ? [writtenRule(chain, { target: cluster })] : []),
    ];
  }
  const own = ['addrtype', ['--src-type', 'LOCAL']] as const;
  const words = (what: string): string => `${what} for ${name} external destinations`;
  const fromPods =
    clusterCidr === null
      ? []
      : [writtenRule(chain, { source: { value: clusterCidr, not: false }, matches: [comment(words('pod traffic'))], target: cluster })];
  return [
    ...fromPods,
    writtenRule(chain, { matches: [comment(words('masquerade LOCAL traffic')), own], target: MASQUERADE }),
    writtenRule(chain, { matches: [comment(words('route LOCAL traffic')), own], target: cluster }),
    ...(hasExternal ? [writtenRule(chain, { target: local })] : []),
  ];
}

/** The chain that lets in who is in a source range; a node that is in one may come from the balancer's own address too. */
export function firewallRules(port: ServicePort, nodeAddress: Ip | null): readonly IptablesRule[] {
  const { name, protocol, balancers } = port;
  const chain = firewallChain(name, protocol);
  const ranges = rangesOf(port);
  const isNodeIn = nodeAddress !== null && ranges.some((range) => contains(range, nodeAddress));
  const sources = [...ranges, ...(isNodeIn ? balancers.map(({ address, family }) => cidrOf(address, bitsOf(family))) : [])];
  return [
    ...sources.map((value) =>
      writtenRule(chain, {
        source: { value, not: false },
        matches: [comment(`${name} loadbalancer IP`)],
        target: externalChain(name, protocol),
      }),
    ),
    writtenRule(chain, { matches: [comment(`other traffic to ${name} will be dropped by KUBE-PROXY-FIREWALL`)], target: null }),
  ];
}
