import type { NftChain, NftHook, NftRule, NftSet } from '#facts/nft/nft';
import { cidr } from '#net/cidr';
import { ORIGIN } from '../written-rule.ts';
import type { Settings } from './settings.ts';
import { lookUp, named, nftRule, type Part, plain, prefix, verdict, where } from './written.ts';

const isNew: Part = {
  text: 'ct state new',
  does: { does: 'match', op: 'in', left: { is: 'ct', key: 'state', direction: null }, right: 'new' },
};
const isLocal: Part = {
  text: 'fib daddr type local',
  does: { does: 'match', op: '==', left: { is: 'fib', flags: ['daddr'], result: 'type' }, right: 'local' },
};
const reject: Part = { text: 'reject', does: { does: 'reject', with: null } };

type Base = readonly [name: string, type: NftHook['type'], hook: string, priority: number, jumps: readonly (readonly [string, boolean])[]];

/** The base chains, with the chains that each jumps to and whether only new connections do. */
const BASES: readonly Base[] = [
  ['filter-prerouting-pre-dnat', 'filter', 'prerouting', -110, [['firewall-check', true]]],
  ['filter-output-pre-dnat', 'filter', 'output', -110, [['firewall-check', true]]],
  [
    'filter-input',
    'filter',
    'input',
    0,
    [
      ['nodeport-endpoints-check', true],
      ['service-endpoints-check', true],
    ],
  ],
  ...(['forward', 'output'] as const).map(
    (hook): Base => [
      `filter-${hook}`,
      'filter',
      hook,
      0,
      [
        ['service-endpoints-check', true],
        ['cluster-ips-check', true],
      ],
    ],
  ),
  ['nat-prerouting', 'nat', 'prerouting', -100, [['services', false]]],
  ['nat-output', 'nat', 'output', -100, [['services', false]]],
  ['nat-postrouting', 'nat', 'postrouting', 100, [['masquerading', false]]],
];

const chain = (name: string, ...rules: readonly (readonly Part[])[]): NftChain => ({
  name,
  origin: ORIGIN,
  base: null,
  rules: rules.map((parts) => nftRule(parts)),
});

function baseChain([name, type, hook, priority, jumps]: Base): NftChain {
  const rules = jumps.map(([to, fresh]) => nftRule([...(fresh ? [isNew] : []), verdict('jump', to)]));
  return { name, origin: ORIGIN, base: { type, hook, priority, policy: 'accept', devices: [] }, rules };
}

/** The bit by which is told what is to leave with the node's address. */
function masquerade(mark: number): readonly NftChain[] {
  const bits = `0x${mark.toString(16).padStart(8, '0')}`;
  const key = { is: 'meta', key: 'mark' } as const;
  const written = (op: '|' | '^'): Part => ({
    text: `meta mark set meta mark ${op} ${bits}`,
    does: { does: 'write', to: key, value: { is: 'binary', op, left: key, right: mark } },
  });
  const unmarked: Part = {
    text: `meta mark & ${bits} == 0x00000000`,
    does: { does: 'match', op: '==', left: { is: 'binary', op: '&', left: key, right: mark }, right: 0 },
  };
  const rewritten: Part = {
    text: 'masquerade fully-random',
    does: { does: 'nat', kind: 'masquerade', family: null, address: null, port: null, flags: ['fully-random'] },
  };
  return [chain('masquerading', [unmarked, verdict('return')], [written('^')], [rewritten]), chain('mark-for-masquerade', [written('|')])];
}

/** The chains that kube-proxy v1.34 has whatever the Services are (pkg/proxy/nftables, setupNFTables). */
export function staticChains({ headers, mark, nodePortIps, unallocated }: Settings): readonly NftChain[] {
  const toNodePort =
    nodePortIps === null
      ? [where(headers, 'daddr', headers === 'ip' ? prefix(cidr`127.0.0.0/8`) : plain('::1'), true)]
      : [where(headers, 'daddr', named('nodeport-ips'))];
  const invalidPort = nftRule([where(headers, 'daddr', named('cluster-ips')), reject], 'Reject traffic to invalid ports of ClusterIPs');
  const clusterIps: readonly NftRule[] = [invalidPort, ...unallocated];
  return [
    ...BASES.map(baseChain),
    chain('nodeport-endpoints-check', [...toNodePort, lookUp(null, 'no-endpoint-nodeports')]),
    chain('service-endpoints-check', [lookUp(headers, 'no-endpoint-services')]),
    chain('firewall-check', [lookUp(headers, 'firewall-ips')]),
    chain(
      'services',
      [lookUp(headers, 'service-ips')],
      [...(nodePortIps === null ? [isLocal] : []), ...toNodePort, lookUp(null, 'service-nodeports')],
    ),
    ...masquerade(mark),
    { name: 'cluster-ips-check', origin: ORIGIN, base: null, rules: clusterIps },
    chain('reject-chain', [reject]),
  ];
}

/** The sets and maps that it has whatever the Services are, empty; node ports may be served at all addresses, without a set. */
export function staticSets({ nodePortIps }: Settings): readonly NftSet[] {
  const set = (name: string, isMap: boolean): NftSet => ({
    name,
    origin: ORIGIN,
    isMap,
    timeoutSeconds: null,
    elements: [],
    problem: null,
  });
  const ports = nodePortIps === null ? [] : [{ ...set('nodeport-ips', false), elements: nodePortIps }];
  return [set('cluster-ips', false), ...ports, ...MAPS.map((name) => set(name, true))];
}

const MAPS = ['no-endpoint-services', 'no-endpoint-nodeports', 'firewall-ips', 'service-ips', 'service-nodeports'];
