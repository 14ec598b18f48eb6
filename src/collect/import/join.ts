import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { readFacts } from '#parsers/read';
import { type Archive, snapshotOf } from '../archive/archive.ts';

type Link = FactOf<'link'>;

/** A set of outputs that looks like a pod's namespace, and the node that it was found to be on. */
export type Joined = { readonly name: string; readonly node: string | undefined; readonly why: string };

/**
 * Finds the nodes of pod namespaces that were brought as if they were hosts: the veth's peer index names a device of exactly
 * one other host, and a MAC of one is known to the other. What fits nowhere, or twice, is on no node.
 */
export function joinNamespaces(archive: Archive): { readonly archive: Archive; readonly joined: readonly Joined[] } {
  const { facts } = readFacts(snapshotOf(archive));
  const pods = facts.nodes().flatMap((name) => {
    const way = wayOut(facts, name);
    return way === undefined ? [] : [{ name, way }];
  });
  const hosts = facts.nodes().filter((node) => !pods.some(({ name }) => name === node));
  // without a host beside it, what has one veth is the host: a node may be a container itself
  const joined = hosts.length === 0 ? [] : pods.map(({ name, way }) => joinedTo(facts, name, way, hosts));
  const scopes = new Map(joined.map(({ name, node }) => [name, { node: node ?? '', netns: name }] as const));
  const entries = archive.index.entries.map((entry) => {
    const scope = entry.scope.netns === '' ? scopes.get(entry.scope.node) : undefined;
    return scope === undefined ? entry : { ...entry, scope };
  });
  return { archive: { ...archive, index: { ...archive.index, entries } }, joined };
}

function joinedTo(facts: Facts, name: string, way: Link, hosts: readonly string[]): Joined {
  const homes = hosts.filter((node) => isHome(facts, node, name, way));
  const [home] = homes;
  if (home === undefined) return { name, node: undefined, why: 'no host has the other end of its veth' };
  if (homes.length > 1) return { name, node: undefined, why: `${homes.join(' and ')} fit alike` };
  return { name, node: home, why: `${way.name} is the other end of device ${way.peerIndex} there, and their MACs know each other` };
}

const linksOf = (facts: Facts, node: string): readonly Link[] => facts.partition('link', { node, netns: '' })?.facts ?? [];

/** The one device of a namespace that leads out of it; nothing for what looks like a host. */
function wayOut(facts: Facts, node: string): Link | undefined {
  const links = linksOf(facts, node).filter(({ name }) => name !== 'lo');
  const [only] = links;
  const isPod =
    links.length === 1 &&
    only !== undefined &&
    typeof only.peerIndex === 'number' &&
    (only.type === undefined || only.type === 'veth' || only.type === null);
  return isPod ? only : undefined;
}

function isHome(facts: Facts, node: string, pod: string, way: Link): boolean {
  const end = linksOf(facts, node).find(({ index }) => index !== undefined && index === way.peerIndex);
  if (end === undefined) return false;
  if (typeof end.peerIndex === 'number' && way.index !== undefined && end.peerIndex !== way.index) return false;
  return knows(facts, node, way.mac) || linksOf(facts, node).some(({ mac }) => knows(facts, pod, mac));
}

/** Whether a MAC stands in a host's neighbour tables or forwarding databases. */
function knows(facts: Facts, node: string, mac: Link['mac']): boolean {
  if (mac === undefined || mac === null) return false;
  const scope = { node, netns: '' };
  const neighbours = facts.partition('neighbour', scope)?.facts ?? [];
  const fdb = facts.partition('fdb', scope)?.facts ?? [];
  return neighbours.some((one) => one.mac === mac) || fdb.some((one) => one.mac === mac);
}
