import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { onNode } from '#snapshot/scope';

type Link = FactOf<'link'>;

/** Names that runtimes and CNI plugins give the bridge that pods hang on. */
const USUAL = ['cni0', 'docker0', 'cbr0'];

/** The bridge that a node's pods hang on: the usual name, else the bridge with the most ports; nothing where none was read. */
export function podBridge(facts: Facts, node: string): Link | undefined {
  const read = facts.seen('link', onNode(node));
  const links = read.is === 'seen' ? read.value : [];
  const ports = (name: string): number => links.filter(({ master }) => master === name).length;
  const bridges = links.filter(({ type }) => type === 'bridge');
  const withPorts = bridges.filter(({ name }) => ports(name) > 0).sort((one, other) => ports(other.name) - ports(one.name));
  return (
    USUAL.flatMap((name) => withPorts.find((one) => one.name === name) ?? [])[0] ??
    withPorts[0] ??
    bridges.find(({ name }) => USUAL.includes(name))
  );
}
