import { memoised } from '#dataplane/memo';
import { podNamespaces } from '#dataplane/pods';
import type { Facts } from '#facts/facts';
import type { Front } from '#intent/kube-proxy/fronts';
import { type Cidr, cidr, cidrFamily, cidrOf, contains, lastAddress, lengthOf, nthAddress } from '#net/cidr';
import { bitsOf, familyOf, type Ip, ip } from '#net/ip';
import { CLUSTER, onNode } from '#snapshot/scope';

/** Somebody outside of any cluster (RFC 5737, RFC 3849). */
const STRANGER = { 4: ip`198.51.100.77`, 6: ip`2001:db8:ffff::77` } as const;

/** How many addresses of a source range are tried. */
const TRIED = 32;

/** Clients outside who may ask at a front: one that its source ranges let in, where they let in anybody outside, and a stranger. */
export function clientsOf(facts: Facts, { kind, family, policy }: Front): readonly Ip[] {
  const stranger = STRANGER[family];
  const ranges = kind === 'load balancer' ? policy.sourceRanges.filter((range) => cidrFamily(range) === family) : [];
  if (ranges.length === 0 || ranges.some((range) => contains(range, stranger))) return [stranger];
  const allowed = ranges.map((range) => clientIn(facts, range)).find((client) => client !== undefined);
  return allowed === undefined ? [stranger] : [allowed, stranger];
}

/** An address of a range that a machine outside may have: no captured one has it, no pod's network holds it, and no subnet sends it to all. */
function clientIn(facts: Facts, range: Cidr): Ip | undefined {
  const { own, pods, subnets } = insiders(facts);
  const free = bitsOf(cidrFamily(range)) - lengthOf(range);
  const from = free < 2 ? 0 : 1;
  const tried = Array.from({ length: Math.min(TRIED, 2 ** free - from) }, (_, at) => nthAddress(range, at + from));
  const isForAll = (address: Ip): boolean =>
    subnets.some((subnet) => contains(subnet, address) && (address === nthAddress(subnet, 0) || address === lastAddress(subnet)));
  const isTaken = (address: Ip): boolean => [...NOBODYS, ...pods].some((one) => contains(one, address));
  return tried.find((address) => !own.has(address) && !isTaken(address) && !isForAll(address));
}

/** What no machine outside has: network 0, the loopback, groups and what is reserved; of IPv6 the loopback, links' own and groups. */
const NOBODYS = [cidr`0.0.0.0/8`, cidr`127.0.0.0/8`, cidr`224.0.0.0/3`, cidr`::/32`, cidr`fe80::/10`, cidr`ff00::/8`];

type Insiders = { readonly own: ReadonlySet<Ip>; readonly pods: readonly Cidr[]; readonly subnets: readonly Cidr[] };

const insiders = memoised((facts: Facts): Insiders => {
  const own = new Set<Ip>();
  const subnets = new Set<Cidr>();
  for (const node of facts.nodes()) {
    const read = facts.seen('address', onNode(node));
    for (const { address, length } of read.is === 'gap' ? [] : read.value) {
      own.add(address);
      if (bitsOf(familyOf(address)) - length > 1) subnets.add(cidrOf(address, length));
    }
  }
  const nodes = facts.seen('node', CLUSTER);
  const leases = facts.seen('lease', CLUSTER);
  const pods = [
    ...(nodes.is === 'gap' ? [] : nodes.value.flatMap(({ podCidrs }) => podCidrs)),
    ...(leases.is === 'gap' ? [] : leases.value.map(({ subnet }) => subnet)),
    ...podNamespaces(facts).flatMap(({ address }) => (address === null ? [] : podSubnets(subnets, address))),
  ];
  return { own, pods: [...new Set(pods)], subnets: [...subnets] };
});

/** The subnets of a node's bridge in which a pod's address lies, else the address alone. */
function podSubnets(subnets: ReadonlySet<Cidr>, address: Ip): readonly Cidr[] {
  const held = [...subnets].filter((subnet) => contains(subnet, address));
  return held.length > 0 ? held : [cidrOf(address, bitsOf(familyOf(address)))];
}
