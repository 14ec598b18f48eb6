import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { type FactOf, kindOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import { baseOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Mac } from '#net/mac';
import { onNode } from '#snapshot/scope';

type Lease = FactOf<'lease'>;

/** What flanneld programs on a node for the lease of a peer (pkg/backend/vxlan/vxlan_network.go, AddARP, AddFDB, RouteReplace). */
export type PeerEntries = {
  readonly route: Pick<FactOf<'route'>, 'to'> & { readonly via: Ip; readonly dev: string };
  readonly neighbour: { readonly dev: string; readonly address: Ip; readonly mac: Mac };
  readonly fdb: { readonly dev: string; readonly mac: Mac; readonly dst: Ip };
};

/** What is intended for a peer's lease on a node with this VXLAN device; nothing for a lease of another backend. */
export function programs(lease: Lease, dev: string): PeerEntries | undefined {
  const { subnet, publicIp, vtepMac } = lease;
  if (publicIp === undefined || publicIp === null || vtepMac === undefined || vtepMac === null) return undefined;
  const gateway = baseOf(subnet);
  return {
    route: { to: subnet, via: gateway, dev },
    neighbour: { dev, address: gateway, mac: vtepMac },
    fdb: { dev, mac: vtepMac, dst: publicIp },
  };
}

type Programmed = {
  readonly route: FactOf<'route'> | undefined;
  readonly neighbour: FactOf<'neighbour'> | undefined;
  /** The entries for the MAC that the neighbour names. */
  readonly fdb: readonly FactOf<'fdb'>[];
};

/** What a node really holds for a peer's subnet. A kind that was not read gives nothing: ask `facts.seen` before an argument from it. */
export function programmed(facts: Facts, node: string, lease: Lease, dev: string): Programmed {
  const all = <K extends 'route' | 'neighbour' | 'fdb'>(kind: K): readonly FactOf<K>[] => {
    const read = facts.seen(kind, onNode(node));
    return read.is === 'seen' ? read.value : [];
  };
  const gateway = baseOf(lease.subnet);
  const neighbour = all('neighbour').find((one) => one.dev === dev && one.address === gateway);
  const mac = neighbour?.mac ?? lease.vtepMac;
  return {
    route: all('route').find(({ table, to, hops }) => table === 'main' && to === lease.subnet && hops.some((hop) => hop.dev === dev)),
    neighbour,
    fdb: all('fdb').filter((one) => one.dev === dev && one.mac === mac),
  };
}

/**
 * Whether what a node holds for a lease is of the value that the lease has: the neighbour's MAC, and where the entries for it lead.
 * `undefined`: the lease or the neighbour does not tell. An entry that is missing says nothing, for it can be lost in many ways.
 */
export function isAsLeased({ vtepMac, publicIp }: Lease, { neighbour, fdb }: Pick<Programmed, 'neighbour' | 'fdb'>): boolean | undefined {
  if (neighbour?.mac === undefined || neighbour.mac === null || vtepMac === undefined || vtepMac === null) return undefined;
  if (neighbour.mac !== vtepMac) return false;
  const told = fdb.filter(({ dst }) => dst !== undefined && dst !== null);
  if (told.length === 0) return true;
  return publicIp === undefined || publicIp === null ? undefined : told.some(({ dst }) => dst === publicIp);
}

/** The edits by which flanneld on a node takes in a peer's lease. What is already so stays untouched. */
export function adds(facts: Facts, node: string, lease: Lease, dev: string): readonly Edit[] {
  const wanted = programs(lease, dev);
  if (wanted === undefined) return [];
  return [...addsNeighbour(facts, node, wanted), ...addsFdb(facts, node, wanted), ...addsRoute(facts, node, wanted)];
}

function addsNeighbour(facts: Facts, node: string, { neighbour: { dev, address, mac } }: PeerEntries): readonly Edit[] {
  const scope = onNode(node);
  const read = facts.seen('neighbour', scope);
  if (read.is === 'gap') return [];
  const now = read.value.find((one) => one.dev === dev && one.address === address);
  if (now?.mac === mac && now.state === 'permanent') return [];
  return [{ op: 'put', kind: 'neighbour', scope, fact: { dev, address, mac, state: 'permanent', proxy: now?.proxy ?? false } }];
}

/** The kernel keeps other entries of the device; an entry of the same MAC gets the new address (NLM_F_REPLACE). */
function addsFdb(facts: Facts, node: string, { fdb: { dev, mac, dst } }: PeerEntries): readonly Edit[] {
  const scope = onNode(node);
  const read = facts.seen('fdb', scope);
  if (read.is === 'gap') return [];
  const own = read.value.filter((one) => one.dev === dev && one.mac === mac);
  if (own.some((one) => one.dst === dst)) return [];
  const selves = read.value.filter((one) => one.self === true);
  const sibling = own[0] ?? selves.find((one) => one.dev === dev) ?? { ...BARE_FDB, local: selves[0]?.local };
  const fact = { ...sibling, dev, mac, dst, self: true, state: 'permanent' as const };
  return [...own.slice(0, 1).map((one): Edit => gone('fdb', node, one)), { op: 'put', kind: 'fdb', scope, fact }];
}

const BARE_FDB = { vlan: null, vni: null, port: null, via: null, master: null, local: undefined };

function addsRoute(facts: Facts, node: string, { route: { to, via, dev } }: PeerEntries): readonly Edit[] {
  const scope = onNode(node);
  const read = facts.seen('route', scope, 'main');
  if (read.is === 'gap') return [];
  const same = read.value.filter((one) => one.table === 'main' && one.to === to && (one.metric ?? 0) === 0 && (one.tos ?? 0) === 0);
  const hop = { dev, via, onlink: true, weight: 1, dead: false };
  if (same.some(({ type, hops }) => type === 'unicast' && hops.length === 1 && hops[0]?.dev === dev && hops[0].via === via)) return [];
  const fact = plainRoute(to, dev, { hops: [hop] });
  return [...same.slice(0, 1).map((one): Edit => gone('route', node, one)), { op: 'put', kind: 'route', scope, fact }];
}

/** The edits by which flanneld on a node forgets a lease: by the lease's last value, not by what is really there. */
export function removes(facts: Facts, node: string, lease: Lease, dev: string): readonly Edit[] {
  const wanted = programs(lease, dev);
  if (wanted === undefined) return [];
  const { neighbour, fdb, route } = wanted;
  return [
    ...present(facts, node, 'neighbour', (one) => one.dev === dev && one.address === neighbour.address),
    ...present(facts, node, 'fdb', (one) => one.dev === dev && one.mac === fdb.mac && one.dst === fdb.dst),
    ...present(facts, node, 'route', (one) => one.table === 'main' && one.to === route.to && one.hops[0]?.dev === dev),
  ];
}

function present<K extends 'route' | 'neighbour' | 'fdb'>(
  facts: Facts,
  node: string,
  kind: K,
  is: (fact: FactOf<K>) => boolean,
): readonly Edit[] {
  const read = facts.seen(kind, onNode(node));
  return read.is === 'seen' ? read.value.filter(is).map((fact) => gone(kind, node, fact)) : [];
}

const gone = <K extends 'route' | 'neighbour' | 'fdb'>(kind: K, node: string, fact: FactOf<K>): Edit => ({
  op: 'delete',
  kind,
  scope: onNode(node),
  key: kindOf(kind).key(fact),
});
