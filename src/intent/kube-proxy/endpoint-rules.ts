import type { IptablesRule } from '#facts/iptables/iptables';
import { cidrOf } from '#net/cidr';
import { bitsOf, familyOf, type Ip } from '#net/ip';
import { type Backend, endText } from './backends.ts';
import { endpointChain } from './chain-name.ts';
import type { ServicePort } from './service-port.ts';
import { comment, type Match } from '#facts/iptables/written-rule';
import { writtenRule } from './written-rule.ts';

const sorted = (backends: readonly Backend[]): readonly Backend[] =>
  backends.toSorted((one, other) => (endText(one) < endText(other) ? -1 : 1));

/** All bits of a client's address. */
const MASKS = { 4: '255.255.255.255', 6: 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff' } as const;

/** The kernel's list of the clients that an endpoint had lately; iptables-save tells its defaults too. */
const recent = (chain: string, endpoint: Ip, ...options: readonly (readonly [string, string | null])[]): Match => [
  'recent',
  ...options,
  ['--name', chain],
  ['--mask', MASKS[familyOf(endpoint)]],
  ['--rsource', null],
];

/** How a Service port's chain picks one of its endpoints (writeServiceToEndpointRules): the client's last one first, where affinity asks for it, else by chance. */
export function picks({ name, protocol, policy }: ServicePort, chain: string, backends: readonly Backend[]): readonly IptablesRule[] {
  const all = sorted(backends);
  const seconds = policy.affinitySeconds;
  const toward = (backend: Backend, ...matches: readonly Match[]): IptablesRule =>
    writtenRule(chain, {
      matches: [comment(`${name} -> ${endText(backend)}`), ...matches],
      target: endpointChain(name, protocol, endText(backend)),
    });
  const kept =
    seconds === null
      ? []
      : all.map((backend) => {
          const list = endpointChain(name, protocol, endText(backend));
          return toward(backend, recent(list, backend.address, ['--rcheck', null], ['--seconds', String(seconds)], ['--reap', null]));
        });
  return [...kept, ...all.map((backend, index) => toward(backend, ...byChance(all.length - index)))];
}

/** One endpoint's share of what is left (`computeProbability`, as iptables-save prints the kernel's 31 bits). */
const byChance = (left: number): readonly Match[] =>
  left > 1 ? [['statistic', ['--mode', 'random'], ['--probability', (Math.round(2 ** 31 / left) / 2 ** 31).toFixed(11)]]] : [];

/** The chains of endpoints: what comes from the endpoint itself is masqueraded, the client is remembered, and the packet is led there. */
export const endpointChains = (
  { name, protocol, policy }: ServicePort,
  backends: readonly Backend[],
): readonly (readonly [string, readonly IptablesRule[]])[] =>
  sorted(backends).map((backend) => {
    const chain = endpointChain(name, protocol, endText(backend));
    const remembered = policy.affinitySeconds === null ? [] : [recent(chain, backend.address, ['--set', null])];
    return [
      chain,
      [
        writtenRule(chain, {
          source: { value: cidrOf(backend.address, bitsOf(familyOf(backend.address))), not: false },
          matches: [comment(name)],
          target: 'KUBE-MARK-MASQ',
        }),
        writtenRule(chain, {
          protocol,
          matches: [comment(name), ...remembered, [protocol]],
          target: 'DNAT',
          options: [['--to-destination', endText(backend)]],
        }),
      ],
    ];
  });
