import type { Scope } from '#snapshot/scope';
import type { Facts } from '../facts.ts';
import type { Link } from './link.ts';

/** A device, and the namespace that it lies in. */
export type PlacedLink = { readonly scope: Scope; readonly link: Link };

const linksIn = (facts: Facts, scope: Scope): readonly Link[] => {
  const links = facts.seen('link', scope);
  return links.is === 'seen' ? links.value : [];
};

/** The namespace of a node that its root namespace knows by this number. */
function numbered(facts: Facts, node: string, nsid: number): Scope | undefined {
  const namespaces = facts.seen('namespace', { node, netns: '' });
  const found = namespaces.is === 'seen' ? namespaces.value.find((one) => one.nsid === nsid) : undefined;
  return found === undefined ? undefined : { node, netns: found.id };
}

const indexed = (facts: Facts, scope: Scope, index: number): PlacedLink | undefined => {
  const link = linksIn(facts, scope).find((one) => one.index === index);
  return link === undefined ? undefined : { scope, link };
};

/** The other end of a veth, wherever on its node it lies; nothing where the capture does not tell. */
export function peerOf(facts: Facts, { scope, link }: PlacedLink): PlacedLink | undefined {
  const { peerIndex, peerNsid, index } = link;
  if (peerIndex === undefined || peerIndex === null || peerNsid === undefined) return undefined;
  if (peerNsid === null) return indexed(facts, scope, peerIndex);
  if (scope.netns === '') {
    const there = numbered(facts, scope.node, peerNsid);
    return there === undefined ? undefined : indexed(facts, there, peerIndex);
  }
  const root = { node: scope.node, netns: '' };
  const back = linksIn(facts, root).find(
    (one) =>
      one.index === peerIndex &&
      one.peerIndex === index &&
      typeof one.peerNsid === 'number' &&
      numbered(facts, scope.node, one.peerNsid)?.netns === scope.netns,
  );
  return back === undefined ? undefined : { scope: root, link: back };
}
