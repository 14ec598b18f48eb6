import type { Answered, Check } from '#engine/check';
import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { flanneldRuns } from '#intent/flannel/daemon';
import { flannelConfig, flannelDevice } from '#intent/flannel/device';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { peerOf } from '#intent/flannel/peers';
import { isAsLeased } from '#intent/flannel/programs';
import { nodeSubjects, notHome } from '#intent/flannel/subjects';
import { isTrue } from '#intent/flannel/tunnel';
import { baseOf } from '#net/cidr';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;
type Lease = FactOf<'lease'>;

/** How a node's entries for one lease stand to it. */
type Behind = { readonly is: 'old' | 'none'; readonly lease: Lease; readonly evidence: readonly Evidence[] };
type Standing = Behind | { readonly is: 'same' | 'either' } | { readonly is: 'unknown'; readonly gap: Gap };

/**
 * Whether the entries are of an older value of a lease that is true now, or there are none at all. Where neither the lease nor the
 * entries are true, the node may not have followed, or somebody has helped himself: either, until the lease is right.
 */
function standing(facts: Facts, node: string, lease: Lease, dev: string): Standing {
  const held = peerOf(facts, node, lease, dev);
  const { neighbour, fdb } = held;
  const routes = facts.seen('route', onNode(node), 'main');
  const anyRoute = routes.is === 'seen' && routes.value.some(({ table, to }) => table === 'main' && to === lease.subnet);
  const entries = fdb.filter(({ dst }) => dst !== null);
  if (neighbour === undefined && entries.length === 0 && !anyRoute) {
    const complete = (['route', 'neighbour', 'fdb'] as const).every((kind) => wholly(facts, node, kind));
    return complete ? { is: 'none', lease, evidence: [lease, ...readings(facts, node)] } : { is: 'same' };
  }
  if (neighbour?.mac === undefined || neighbour.mac === null || !held.tunnels) return { is: 'same' };
  if (isAsLeased(lease, held) === true || claimedByAnother(facts, lease, neighbour.mac)) return { is: 'same' };
  const [first] = entries;
  const home = homeOf(facts, lease)?.node;
  const far = home === undefined ? undefined : flannelDevice(facts, home);
  if (home === undefined || far?.is !== 'seen') return { is: 'unknown', gap: far?.is === 'gap' ? far.gap : notHome(lease) };
  if (isTrue(facts, { lease, to: home, far: far.value }) !== true) {
    const own = { ...lease, vtepMac: neighbour.mac, publicIp: first?.dst ?? null };
    return { is: isTrue(facts, { lease: own, to: home, far: far.value }) === true ? 'same' : 'either' };
  }
  return {
    is: 'old',
    lease,
    evidence: [lease, neighbour, ...(first === undefined ? [] : [first]), ...(far.value === null ? [] : [far.value])],
  };
}

/** Another lease begins at the same address and says this MAC: then the leases overlap, and the node follows both. */
function claimedByAnother(facts: Facts, { subnet }: Lease, mac: string): boolean {
  const leases = leasesOf(facts);
  return (
    leases.is === 'seen' &&
    leases.value.some((one) => one.subnet !== subnet && baseOf(one.subnet) === baseOf(subnet) && one.vtepMac === mac)
  );
}

function wholly(facts: Facts, node: string, kind: 'route' | 'neighbour' | 'fdb'): boolean {
  const read = facts.seen(kind, onNode(node), 'main');
  return read.is === 'seen' && read.complete;
}

const readings = (facts: Facts, node: string): readonly Evidence[] =>
  (['route', 'neighbour', 'fdb'] as const).flatMap((kind) => facts.partition(kind, onNode(node))?.readings ?? []);

function judged(facts: Facts, node: string): Ruling<Found> {
  const leases = leasesOf(facts);
  if (leases.is === 'gap') return unknown(leases.gap);
  const device = flannelDevice(facts, node);
  if (device.is === 'gap') return unknown(device.gap);
  if (device.value === null || device.value.up === false || flannelConfig(facts)?.directRouting === true) return absent(device.origins);
  for (const kind of ['neighbour', 'fdb', 'route'] as const) {
    const read = facts.seen(kind, onNode(node));
    if (read.is === 'gap') return unknown(read.gap);
  }
  const { name } = device.value;
  const others = leases.value.filter((lease) => lease.backend !== 'host-gw' && homeOf(facts, lease)?.node !== node);
  return summed(
    facts,
    node,
    others.map((lease) => standing(facts, node, lease, name)),
    device.value,
  );
}

function summed(facts: Facts, node: string, standings: readonly Standing[], device: FactOf<'link'>): Ruling<Found> {
  const behind = standings.filter((one): one is Behind => one.is === 'old' || one.is === 'none');
  const [first] = behind;
  if (first !== undefined) {
    const subnets = behind.map(({ lease }) => lease.subnet);
    const evidence = behind.flatMap((one) => one.evidence);
    return found({ node, subnets, holds: first.is, running: flanneldRuns(facts, node) ?? null }, evidence);
  }
  const open = standings.flatMap((one) => (one.is === 'unknown' ? [one.gap] : []));
  if (open.length > 0 || standings.some((one) => one.is === 'either')) return unknown(...open);
  return absent([device, ...readings(facts, node)]);
}

/** Without a route of their own such packets follow the default route out of what was captured: whether the routing table knows the subnet. */
const routed = (node: string, subnet: string): Check => ({
  id: `route ${node}→${subnet}`,
  kind: 'route',
  from: 'invariant',
  says: { en: `${node} has a route of its own to ${subnet}`, zh: `节点 ${node} 有到 ${subnet} 的专用路由` },
  ask: ({ facts }): Answered => {
    const routes = facts.seen('route', onNode(node), 'main');
    const known = routes.is === 'seen' ? routes.value.some(({ table, to }) => table === 'main' && to === subnet) : undefined;
    return {
      result: known === undefined ? 'unknown' : known ? 'pass' : 'fail',
      probability: null,
      outcomes: [],
      gaps: routes.is === 'gap' ? [routes.gap] : [],
      says: known === true ? 'there is one' : 'there is none',
    };
  },
});

/** The subnets that live on a captured machine: a lease that nobody lives in harms nobody. */
function lived(facts: Facts, subnets: readonly string[]): readonly string[] {
  const leases = leasesOf(facts);
  if (leases.is === 'gap') return [];
  return leases.value.filter((lease) => subnets.includes(lease.subnet) && homeOf(facts, lease) !== undefined).map(({ subnet }) => subnet);
}

/** A node whose entries are older than the leases: its flanneld no longer hears of etcd. */
export default defineFault<NodeSubject, Found>({
  id: 'flanneld-not-following',
  is: {
    en: "flanneld no longer hears of etcd: a node's entries are out of date",
    zh: 'flanneld 没有跟上 etcd，节点上的表项已过时',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'route', 'neighbour', 'fdb', 'address', 'process', 'unit'],
  lookAlikes: ['vxlan-vtep-mac-stale', 'vxlan-fdb-missing', 'vxlan-neighbour-missing', 'flannel-lease-wrong-machine', 'pod-route-missing'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => judged(facts, node),
  texts: text,
  asks: ({ node }, { holds, subnets }, { facts }) => (holds === 'none' ? lived(facts, subnets).map((subnet) => routed(node, subnet)) : []),
  fix: (_, params, view) => fix(params, view),
});
