import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { cidrOf, contains } from '#net/cidr';
import type { Ip } from '#net/ip';
import type { Gap } from '#snapshot/gap';
import { onNode } from '#snapshot/scope';
import { flannelDevice } from './device.ts';
import { homeOf, leasesOf, machinesAt } from './home.ts';
import { type Peer, peersOf } from './peers.ts';
import { notHome } from './subjects.ts';

type Lease = FactOf<'lease'>;
type Address = FactOf<'address'>;
type Neighbour = FactOf<'neighbour'>;

/** Whose address a lease's PublicIP is, beside that of the node that lives in its subnet. */
export type PublicIpOf =
  | { readonly is: 'unknown'; readonly gap: Gap }
  /** The node's own. */
  | { readonly is: 'own'; readonly node: string; readonly address: Address }
  /** That of another captured machine. */
  | { readonly is: 'other'; readonly node: string; readonly machine: string; readonly address: Address }
  /** Of no captured machine: the underlay's ARP tells whether one answers. */
  | { readonly is: 'nobody'; readonly node: string; readonly answers: boolean; readonly asked: readonly Neighbour[] };

/** Compares a lease's PublicIP with the addresses of all captured machines. */
export function publicIpOf(facts: Facts, lease: Lease): PublicIpOf {
  const home = homeOf(facts, lease)?.node;
  const { publicIp } = lease;
  if (home === undefined || publicIp === undefined || publicIp === null) return { is: 'unknown', gap: notHome(lease) };
  const own = facts.seen('address', onNode(home));
  if (own.is === 'gap') return { is: 'unknown', gap: own.gap };
  const machines = machinesAt(facts, publicIp);
  const here = machines.find(({ node }) => node === home);
  if (here !== undefined) return { is: 'own', node: home, address: here.fact };
  const [other] = machines;
  if (other !== undefined) return { is: 'other', node: home, machine: other.node, address: other.fact };
  return nobodys(facts, lease, home, publicIp);
}

const ALIVE = new Set(['reachable', 'stale', 'delay', 'probe', 'permanent']);

function nobodys(facts: Facts, lease: Lease, node: string, publicIp: Ip): PublicIpOf {
  const asked = facts.nodes().flatMap((one) => {
    const read = facts.seen('neighbour', onNode(one));
    return read.is === 'seen' ? read.value.filter(({ address }) => address === publicIp) : [];
  });
  if (asked.length === 0) {
    const detail = `no captured machine has ${publicIp}, which the lease of ${lease.subnet} names, and none has asked the wire for it`;
    const capture = `ping -c 1 ${publicIp}; ip neigh show ${publicIp}`;
    return { is: 'unknown', gap: { of: 'neighbour', scope: onNode(node), why: 'not told', detail, capture } };
  }
  const answers = asked.some(({ mac, state }) => mac !== undefined && mac !== null && (state === undefined || ALIVE.has(state)));
  return { is: 'nobody', node, answers, asked };
}

/** The peers that send the subnet's packets to the lease's PublicIP; `undefined` where no peer was captured. */
export function misledPeers(facts: Facts, lease: Lease): readonly Peer[] | undefined {
  const peers = peersOf(facts, lease).filter(({ neighbour, fdb }) => neighbour !== undefined || fdb.length > 0);
  if (peers.length === 0) return undefined;
  return peers.filter(({ tunnels, fdb }) => tunnels && fdb.some(({ dst }) => dst === lease.publicIp));
}

/** The address by which a node's peers could reach it: one that lies in a network which they have an address in, too. */
export function reachableAddress(facts: Facts, node: string): Address | undefined {
  const own = facts.seen('address', onNode(node));
  const leases = leasesOf(facts);
  if (own.is === 'gap' || leases.is === 'gap') return undefined;
  const device = flannelDevice(facts, node);
  const tunnel = device.is === 'seen' ? device.value?.name : undefined;
  const others = leases.value.filter((lease) => homeOf(facts, lease)?.node !== node).flatMap(({ publicIp }) => publicIp ?? []);
  return own.value.find(
    ({ dev, address, length, scope }) =>
      dev !== tunnel &&
      dev !== 'lo' &&
      scope !== 'host' &&
      length < 32 &&
      others.some((one) => one !== address && contains(cidrOf(address, length), one)),
  );
}
