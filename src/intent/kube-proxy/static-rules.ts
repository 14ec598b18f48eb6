import type { IptablesRule, IptablesTable } from '#facts/iptables/iptables';
import { comment, type Wanted } from '#facts/iptables/written-rule';
import { cidr } from '#net/cidr';
import { writtenRule } from './written-rule.ts';

/** The rules that kube-proxy v1.34 has whatever the Services are: in its own chains, and the jumps that lead to them. */
export type StaticRules = {
  readonly chains: readonly string[];
  /** By built-in chain, in the order in which they come to stand; those that are lost are put first, one that is there stays where it is. */
  readonly jumps: readonly (readonly [chain: string, rule: IptablesRule])[];
  readonly own: ReadonlyMap<string, readonly IptablesRule[]>;
};

const isNew = ['conntrack', ['--ctstate', 'NEW']] as const;
const MARK = '0x4000/0x4000';

const jump = (chain: string, target: string, words: string, fresh = false): readonly [string, IptablesRule] => [
  chain,
  writtenRule(chain, { matches: [...(fresh ? [isNew] : []), comment(words)], target }),
];

const rules = (chain: string, ...wanted: readonly Wanted[]): readonly [string, readonly IptablesRule[]] => [
  chain,
  wanted.map((one) => writtenRule(chain, one)),
];

const PORTALS = 'kubernetes service portals';
const EXTERNAL = 'kubernetes externally-visible service portals';
const FIREWALL = 'kubernetes load balancer firewall';

const lastRule = (more: Pick<Wanted, 'destination'>): IptablesRule =>
  writtenRule('KUBE-SERVICES', {
    ...more,
    matches: [
      comment('kubernetes service nodeports; NOTE: this must be the last rule in this chain'),
      ['addrtype', ['--dst-type', 'LOCAL']],
    ],
    target: 'KUBE-NODEPORTS',
  });

/** The last rule of the nat table's KUBE-SERVICES: of IPv6 no node port is served at the loopback. */
export const NODE_PORTS = { 4: lastRule({}), 6: lastRule({ destination: { value: cidr`::1/128`, not: true } }) } as const;

/** Of the table filter, KUBE-FORWARD is as the last sync left it: whether it counts with nfacct depends on the kernel. */
export const STATIC: Readonly<Partial<Record<IptablesTable['table'], StaticRules>>> = {
  filter: {
    chains: ['KUBE-EXTERNAL-SERVICES', 'KUBE-FORWARD', 'KUBE-NODEPORTS', 'KUBE-PROXY-CANARY', 'KUBE-PROXY-FIREWALL', 'KUBE-SERVICES'],
    jumps: [
      jump('INPUT', 'KUBE-PROXY-FIREWALL', FIREWALL, true),
      jump('INPUT', 'KUBE-NODEPORTS', 'kubernetes health check service ports'),
      jump('INPUT', 'KUBE-EXTERNAL-SERVICES', EXTERNAL, true),
      jump('FORWARD', 'KUBE-PROXY-FIREWALL', FIREWALL, true),
      jump('FORWARD', 'KUBE-FORWARD', 'kubernetes forwarding rules'),
      jump('FORWARD', 'KUBE-SERVICES', PORTALS, true),
      jump('FORWARD', 'KUBE-EXTERNAL-SERVICES', EXTERNAL, true),
      jump('OUTPUT', 'KUBE-PROXY-FIREWALL', FIREWALL, true),
      jump('OUTPUT', 'KUBE-SERVICES', PORTALS, true),
    ],
    own: new Map([
      rules(
        'KUBE-FORWARD',
        { matches: [['conntrack', ['--ctstate', 'INVALID']]], target: 'DROP' },
        { matches: [comment('kubernetes forwarding rules'), ['mark', ['--mark', MARK]]], target: 'ACCEPT' },
        {
          matches: [comment('kubernetes forwarding conntrack rule'), ['conntrack', ['--ctstate', 'RELATED,ESTABLISHED']]],
          target: 'ACCEPT',
        },
      ),
    ]),
  },
  nat: {
    chains: ['KUBE-MARK-MASQ', 'KUBE-NODEPORTS', 'KUBE-POSTROUTING', 'KUBE-PROXY-CANARY', 'KUBE-SERVICES'],
    jumps: [
      jump('PREROUTING', 'KUBE-SERVICES', PORTALS),
      jump('OUTPUT', 'KUBE-SERVICES', PORTALS),
      jump('POSTROUTING', 'KUBE-POSTROUTING', 'kubernetes postrouting rules'),
    ],
    own: new Map([
      rules('KUBE-MARK-MASQ', { target: 'MARK', options: [['--set-xmark', '0x4000/0x4000']] }),
      rules(
        'KUBE-POSTROUTING',
        { matches: [['mark', ['--mark', MARK, true]]], target: 'RETURN' },
        { target: 'MARK', options: [['--set-xmark', '0x4000/0x0']] },
        { matches: [comment('kubernetes service traffic requiring SNAT')], target: 'MASQUERADE', options: [['--random-fully', null]] },
      ),
    ]),
  },
};
