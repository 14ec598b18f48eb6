import type { Facts } from '#facts/facts';
import type { Ip } from '#net/ip';
import { onNode, type Scope } from '#snapshot/scope';

/** What a machine is known by to others, by names that are the same on every machine: `address of flannel.1`. */
export type Identity = {
  readonly names: ReadonlyMap<string, string>;
  readonly addresses: readonly (readonly [Ip, string])[];
};

type Speaker = { readonly node: string; readonly scope: Scope };

/** The addresses and MACs of the pod that speaks for a node, and of the node's own devices. */
export function identityOf(facts: Facts, { node, scope }: Speaker): Identity {
  const addresses = [...addressesOf(facts, scope, "the pod's "), ...addressesOf(facts, onNode(node), '')];
  return { names: new Map([...addresses, ...macsOf(facts, onNode(node))]), addresses };
}

function addressesOf(facts: Facts, scope: Scope, whose: string): readonly (readonly [Ip, string])[] {
  const read = facts.seen('address', scope);
  const own = read.is === 'gap' ? [] : read.value.filter(({ dev }) => dev !== 'lo');
  return own.map(({ address, dev }) => [address, `${whose}address of ${dev}`] as const);
}

/** The ends of pods' veths have names of their own, and nobody elsewhere knows them. */
function macsOf(facts: Facts, scope: Scope): readonly (readonly [string, string])[] {
  const read = facts.seen('link', scope);
  return (read.is === 'gap' ? [] : read.value).flatMap(({ type, mac, name }) =>
    type === 'veth' || type === 'loopback' || mac == null ? [] : [[mac, `MAC of ${name}`] as const],
  );
}
