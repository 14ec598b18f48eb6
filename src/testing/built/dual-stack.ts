import { edit, type Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { cidrOf, everything } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { CLUSTER, type Scope } from '#snapshot/scope';
import type { BuiltCluster } from '../world-builder.ts';
import { withApi } from './api.ts';
import { onDevice } from './devices.ts';
import { withKubeProxy } from './kube-proxy.ts';
import { PLAIN_RULE } from './plain-rule.ts';
import { underlayGateway } from './shape.ts';
import type { Bare } from './written.ts';

/** The address of IPv6 that a thing of a built cluster has beside its own: fd00:10:100:54::2 for 10.100.54.2. */
export function six(address: string): Ip {
  const [a, b, c, d] = address.split('.');
  return ip`fd00:${a ?? ''}:${b ?? ''}:${c ?? ''}::${d ?? ''}`;
}

const LENGTH = 64;

type Route = Bare<'route'>;

const route = (dev: string, to: Route['to'], more: Partial<Route> & { readonly via?: Ip } = {}): Route => {
  const { via = null, ...rest } = more;
  const hops = [{ dev, via, onlink: false, weight: 1, dead: false }];
  return {
    ...{ table: 'main', type: 'unicast', to, hops, nexthopId: null, metric: 1024, source: null, scope: 'global' },
    ...{ protocol: 'boot', mtu: null, tos: 0, ...rest },
  };
};

/** What an address on a device brings with it. */
const ownRoutes = (dev: string, address: Ip): readonly Route[] => [
  route(dev, cidrOf(address, LENGTH), { protocol: 'kernel', metric: 256 }),
  route(dev, cidrOf(address, 128), { table: 'local', type: 'local', protocol: 'kernel', metric: 0 }),
];

/** The tables of ip6tables before kube-proxy has come: chains of the kernel's, and the one by which its backend is known. */
const emptyTables = (tables: readonly FactOf<'iptables'>[]): readonly FactOf<'iptables'>[] =>
  tables.map((table) => ({
    ...table,
    family: 6,
    origin: { ...table.origin, file: table.origin.file.replace('iptables', 'ip6tables') },
    chains: table.chains
      .filter(({ name, policy }) => policy !== null || name === 'KUBE-SERVICES')
      .map((chain) => ({ ...chain, rules: [], origin: { ...chain.origin, file: chain.origin.file.replace('iptables', 'ip6tables') } })),
  }));

const RULES: readonly Bare<'rule'>[] = (
  [
    [0, 'local'],
    [32766, 'main'],
  ] as const
).map(([priority, table]) => ({ ...PLAIN_RULE, family: 6, priority, action: { does: 'lookup', table } }));

/**
 * The facts of a built cluster whose nodes, pods and Services have addresses of IPv6 too, with the API's objects: pods' networks are
 * routed over the underlay, and kube-proxy writes its rules for both, in the mode that the cluster has.
 */
export function dualStack(built: BuiltCluster): Facts {
  const own = built.nodes.flatMap((node): readonly Edit[] => {
    const peers = built.nodes.filter(({ name }) => name !== node.name);
    const routes = [
      ...ownRoutes(node.uplink, six(node.address)),
      ...ownRoutes(node.bridge, six(node.gateway)),
      route(node.uplink, everything(6), { via: six(underlayGateway(built.shape)) }),
      ...peers.map((peer) => route(node.uplink, cidrOf(six(peer.gateway), LENGTH), { via: six(peer.address) })),
    ];
    const neighbours = [
      ...peers.map((peer) => ({ dev: node.uplink, address: six(peer.address), mac: peer.uplinkMac })),
      ...node.pods.map((pod) => ({ dev: node.bridge, address: six(pod.address), mac: pod.mac })),
    ];
    return [
      ...inNamespace(node.scope, [
        onDevice(node.uplink, six(node.address), LENGTH, null),
        onDevice(node.bridge, six(node.gateway), LENGTH, null),
      ]),
      ...routes.map((fact) => put('route', node.scope, fact)),
      ...neighbours.map((one) => put('neighbour', node.scope, { ...one, state: 'reachable', proxy: false })),
      put('sysctl', node.scope, { name: 'net.ipv6.conf.all.forwarding', value: '1' }),
      ...node.pods.flatMap((pod) => [
        ...inNamespace(pod.scope, [onDevice(pod.device, six(pod.address), LENGTH, null)]),
        ...[...ownRoutes(pod.device, six(pod.address)), route(pod.device, everything(6), { via: six(node.gateway) })].map((fact) =>
          put('route', pod.scope, fact),
        ),
        put('neighbour', pod.scope, { dev: pod.device, address: six(node.gateway), mac: node.bridgeMac, state: 'reachable', proxy: false }),
      ]),
    ];
  });
  return withRules(withObjects(edit(withApi(withKubeProxy(built)), own, 'dual stack')), built);
}

const put = <K extends Edit['kind']>(kind: K, scope: Scope, fact: Bare<never> | object): Edit =>
  ({ op: 'put', kind, scope, fact }) as unknown as Edit;

const inNamespace = (scope: Scope, addresses: readonly Bare<'address'>[]): readonly Edit[] => [
  ...addresses.map((fact) => put('address', scope, fact)),
  ...RULES.map((fact) => put('rule', scope, fact)),
  ...['all', 'default', 'lo', ...addresses.map(({ dev }) => dev)].map((name) =>
    put('sysctl', scope, { name: `net.ipv6.conf.${name}.disable_ipv6`, value: '0' }),
  ),
];

/** Services, slices and pods list both addresses; each Service has a slice for each family. */
function withObjects(facts: Facts): Facts {
  const [services, slices, pods] = [
    facts.partition('service', CLUSTER),
    facts.partition('endpoints', CLUSTER),
    facts.partition('pod', CLUSTER),
  ];
  if (services === undefined || slices === undefined || pods === undefined) throw new Error('a cluster without objects');
  const ofSix = slices.facts.map((slice) => ({
    ...slice,
    name: `${slice.name}-six`,
    family: 6 as const,
    addresses: slice.addresses.map((one) => ({ ...one, address: six(one.address) })),
  }));
  return facts.with(
    {
      ...services,
      facts: services.facts.map((one) => ({ ...one, clusterIps: one.clusterIps.flatMap((address) => [address, six(address)]) })),
    },
    { ...slices, facts: [...slices.facts.map((slice) => ({ ...slice, family: 4 as const })), ...ofSix] },
    { ...pods, facts: pods.facts.map((pod) => ({ ...pod, addresses: pod.addresses.flatMap((address) => [address, six(address)]) })) },
  );
}

/** Where its table of IPv4 is, nftables mode has one of IPv6. */
const withTable = (tables: readonly FactOf<'nft'>[]): readonly FactOf<'nft'>[] =>
  tables.flatMap((table) => (table.name === 'kube-proxy' ? [table, { ...table, family: 'ip6', chains: [], sets: [] }] : [table]));

function withRules(facts: Facts, { nodes }: BuiltCluster): Facts {
  const made = nodes.reduce((now, { scope }) => {
    const [tables, nft] = [now.partition('iptables', scope), now.partition('nft', scope)];
    if (tables === undefined || nft === undefined) return now;
    return now.with({ ...tables, facts: [...tables.facts, ...emptyTables(tables.facts)] }, { ...nft, facts: withTable(nft.facts) });
  }, facts);
  return nodes.reduce((now, { name }) => fullSync(now, name), made);
}
