import type { IptablesRule } from '#facts/iptables/iptables';
import type { Cidr } from '#net/cidr';
import { cidrOf } from '#net/cidr';
import type { Backend } from './backends.ts';
import { endpointChain, serviceChain } from './chain-name.ts';
import type { Front } from './fronts.ts';
import { comment, type Wanted, writtenRule } from './written-rule.ts';

/** The rules that one cluster IP and port brings, by chain; `order` of the chains is that of their names. */
export type ServiceRules = {
  readonly nat: ReadonlyMap<string, readonly IptablesRule[]>;
  readonly filter: ReadonlyMap<string, readonly IptablesRule[]>;
};

const MASQUERADE = 'KUBE-MARK-MASQ';

/**
 * What kube-proxy v1.34 writes for a Service port without node port, affinity, or local policy (pkg/proxy/iptables, syncProxyRules):
 * a portal, a chain that picks an endpoint, a chain for each endpoint; a refusal where there is none.
 */
export function serviceRules(
  { name, address, protocol, port }: Front,
  backends: readonly Backend[],
  clusterCidr: Cidr | null,
): ServiceRules {
  const at = { destination: { value: cidrOf(address, 32), not: false }, protocol };
  const dport: readonly [string, ...(readonly [string, string])[]] = [protocol, ['--dport', String(port)]];
  const portal = (words: string): Pick<Wanted, 'destination' | 'protocol' | 'matches'> => ({
    ...at,
    matches: [comment(`${name} ${words}`), dport],
  });
  const services = 'KUBE-SERVICES';
  if (backends.length === 0) {
    const refusal = { ...portal('has no endpoints'), target: 'REJECT', options: [['--reject-with', 'icmp-port-unreachable']] as const };
    return { nat: new Map(), filter: new Map([[services, [writtenRule(services, refusal)]]]) };
  }
  const chain = serviceChain(name, protocol);
  const outside =
    clusterCidr === null
      ? []
      : [writtenRule(chain, { source: { value: clusterCidr, not: true }, ...portal('cluster IP'), target: MASQUERADE })];
  const sorted = backends.toSorted((one, other) => (endText(one) < endText(other) ? -1 : 1));
  const picks = sorted.map((backend, index) => pick(chain, name, protocol, backend, sorted.length - index));
  return {
    nat: new Map([
      [services, [writtenRule(services, { ...portal('cluster IP'), target: chain })]],
      [chain, [...outside, ...picks]],
      ...sorted.map((backend) => endpointRules(name, protocol, backend)),
    ]),
    filter: new Map(),
  };
}

const endText = ({ address, port }: Backend): string => `${address}:${port}`;

/** One endpoint's share of what is left (`computeProbability`, as iptables-save prints the kernel's 31 bits). */
function pick(chain: string, name: string, protocol: string, backend: Backend, left: number): IptablesRule {
  const end = endText(backend);
  const chance = (Math.round(2 ** 31 / left) / 2 ** 31).toFixed(11);
  const random = left > 1 ? [['statistic', ['--mode', 'random'], ['--probability', chance]] as const] : [];
  return writtenRule(chain, { matches: [comment(`${name} -> ${end}`), ...random], target: endpointChain(name, protocol, end) });
}

function endpointRules(name: string, protocol: string, backend: Backend): readonly [string, readonly IptablesRule[]] {
  const chain = endpointChain(name, protocol, endText(backend));
  return [
    chain,
    [
      writtenRule(chain, { source: { value: cidrOf(backend.address, 32), not: false }, matches: [comment(name)], target: MASQUERADE }),
      writtenRule(chain, {
        protocol,
        matches: [comment(name), [protocol]],
        target: 'DNAT',
        options: [['--to-destination', endText(backend)]],
      }),
    ],
  ];
}
