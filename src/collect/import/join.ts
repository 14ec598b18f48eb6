import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { readFacts } from '#parsers/read';
import { type Archive, snapshotOf } from '../archive/archive.ts';

type Link = FactOf<'link'>;

/** A set of outputs that looks like a pod's namespace, and the node that it was found to be on. */
export type Joined = { readonly name: string; readonly node: string | undefined; readonly why: string };

/**
 * Finds the nodes of pod namespaces that were brought as if they were hosts: the veth's peer index names a device of exactly
 * one other host, and a MAC of one is known to the other. What fits nowhere, or twice, stays unplaced.
 */
export function joinNamespaces(archive: Archive): { readonly archive: Archive; readonly joined: readonly Joined[] } {
  const { facts } = readFacts(snapshotOf(archive));
  const pods = facts.nodes().flatMap((name) => {
    const way = wayOut(facts, name);
    return way === undefined ? [] : [{ name, way }];
  });
  const joined = pods.map(({ name, way }): Joined => {
    const homes = facts.nodes().filter((node) => node !== name && !pods.some((pod) => pod.name === node) && isHome(facts, node, name, way));
    const [home] = homes;
    if (home !== undefined && homes.length === 1)
      return { name, node: home, why: `${way.name} is the other end of device ${way.peerIndex} there, and their MACs know each other` };
    return {
      name,
      node: undefined,
      why: homes.length === 0 ? 'no host has the other end of its veth' : `${homes.join(' and ')} fit alike`,
    };
  });
  const homes = new Map(joined.flatMap(({ name, node }) => (node === undefined ? [] : [[name, node] as const])));
  const entries = archive.index.entries.map((entry) => {
    const home = homes.get(entry.scope.node);
    return home === undefined || entry.scope.netns !== '' ? entry : { ...entry, scope: { node: home, netns: entry.scope.node } };
  });
  return { archive: { ...archive, index: { ...archive.index, entries } }, joined };
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
