import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import type { Scope } from '#snapshot/scope';
import type { Stack } from './stack.ts';
import type { Station } from './station.ts';

/** The captured other end of each veth of a node. */
export type PeerTable = ReadonlyMap<Link, Station>;

/** The namespaces that numbers name as one namespace counts (`ip netns list-id`); the root one has no name elsewhere. */
export function namespacesByNumber(facts: Facts, { node, netns }: Scope): ReadonlyMap<number, string> {
  const seen = facts.seen('namespace', { node, netns });
  const numbers = new Map<number, string>();
  if (seen.is === 'seen') {
    for (const { id, name, nsid } of seen.value)
      if (typeof nsid === 'number' && (netns === '' || typeof name === 'string')) numbers.set(nsid, id);
  }
  return numbers;
}

const isVeth = ({ type, peerIndex }: Link): boolean => (type === 'veth' || type === undefined) && typeof peerIndex === 'number';

/**
 * Pairs the ends of veths across the namespaces of a node: each names the other's index, and the root namespace numbers
 * the namespace that its end leads to. Two candidates are no pair: better no peer than a wrong one.
 */
export function peersOfNode(facts: Facts, stacks: readonly Stack[]): PeerTable {
  const numbers = new Map(stacks.map((stack) => [stack, namespacesByNumber(facts, stack.scope)] as const));
  const ends = stacks.flatMap((stack) =>
    stack.links.is === 'seen' ? stack.links.table.all.filter(isVeth).map((link) => ({ stack, link })) : [],
  );
  const byIndices = new Map<string, Station[]>();
  for (const end of ends) {
    const key = `${end.link.index} ${end.link.peerIndex}`;
    byIndices.set(key, [...(byIndices.get(key) ?? []), end]);
  }
  const peers = new Map<Link, Station>();
  for (const end of ends) {
    const candidates = (byIndices.get(`${end.link.peerIndex} ${end.link.index}`) ?? []).filter(
      (other) => other.link !== end.link && leadsTo(end, other, numbers.get(end.stack)) && leadsTo(other, end, numbers.get(other.stack)),
    );
    const [peer] = candidates;
    if (candidates.length === 1 && peer !== undefined) peers.set(end.link, peer);
  }
  return peers;
}

/** Whether what an end tells of its peer's namespace allows this one. */
function leadsTo(end: Station, other: Station, numbers: ReadonlyMap<number, string> = new Map()): boolean {
  const { peerNsid } = end.link;
  const same = end.stack === other.stack;
  if (peerNsid === null) return same;
  if (peerNsid === undefined) return true;
  if (same) return false;
  const named = numbers.get(peerNsid);
  if (end.stack.scope.netns === '') return numbers.size === 0 || named === other.stack.scope.netns;
  // a namespace that has a name is no other one; what has none is not told
  return named === undefined ? ![...numbers.values()].includes(other.stack.scope.netns) : named === other.stack.scope.netns;
}
