import type { Facts } from '#facts/facts';
import type { Link } from '#facts/link/link';
import { namespacesByNumber } from './peers.ts';
import { onNode } from '#snapshot/scope';
import type { Stack } from './stack.ts';
import type { Station } from './station.ts';

/** The device below each VLAN, macvlan and ipvlan of a node, and those that stand on each; they can be in other namespaces. */
export type Stacking = { readonly lower: ReadonlyMap<Link, Station>; readonly uppers: ReadonlyMap<Link, readonly Station[]> };

const isStacked = ({ upper }: Link): boolean => upper?.kind === 'vlan' || upper?.kind === 'macvlan' || upper?.kind === 'ipvlan';

/** Pairs devices that stand on others with those, by name or index and by the number of the namespace. Of two candidates neither is taken. */
export function stackingOf(facts: Facts, stacks: readonly Stack[]): Stacking {
  const lower = new Map<Link, Station>();
  const uppers = new Map<Link, Station[]>();
  for (const stack of stacks) {
    for (const link of stack.links.is === 'seen' ? stack.links.table.all.filter(isStacked) : []) {
      const below = belowOf(facts, stacks, stack, link);
      if (below === undefined) continue;
      lower.set(link, below);
      uppers.set(below.link, [...(uppers.get(below.link) ?? []), { stack, link }]);
    }
  }
  return { lower, uppers };
}

function belowOf(facts: Facts, stacks: readonly Stack[], stack: Stack, link: Link): Station | undefined {
  const { peerName, peerIndex, peerNsid } = link;
  if (typeof peerNsid !== 'number') {
    const own = typeof peerName === 'string' ? stack.link(peerName) : byIndex(stack, peerIndex);
    return own === undefined ? undefined : { stack, link: own };
  }
  const found = namespacesOf(facts, stacks, stack, peerNsid).flatMap((other): Station[] => {
    const below = byIndex(other, peerIndex);
    return below === undefined || below.type === 'loopback' || below.name === 'lo' ? [] : [{ stack: other, link: below }];
  });
  return found.length === 1 ? found[0] : undefined;
}

const byIndex = ({ links }: Stack, index: Link['peerIndex']): Link | undefined =>
  links.is === 'seen' && typeof index === 'number' ? links.table.byIndex.get(index) : undefined;

/** The namespaces that a number can mean as one of them counts: the one that is named so; a number without a name is none that has one. */
function namespacesOf(facts: Facts, stacks: readonly Stack[], { scope }: Stack, nsid: number): readonly Stack[] {
  const named = namespacesByNumber(facts, scope).get(nsid);
  if (named !== undefined) return stacks.filter((other) => other.scope.netns === named);
  if (scope.netns === '') return [];
  const listed = facts.seen('namespace', onNode(scope.node));
  const names = new Set(listed.is === 'gap' ? [] : listed.value.flatMap(({ id, name }) => (typeof name === 'string' ? [id] : [])));
  return stacks.filter((other) => other.scope.netns !== scope.netns && !names.has(other.scope.netns));
}
