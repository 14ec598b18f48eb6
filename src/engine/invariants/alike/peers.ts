import type { Facts } from '#facts/facts';
import { grouped } from '#facts/grouped';
import type { KindId } from '#facts/kinds';
import { onNode, type Scope } from '#snapshot/scope';
import { filtersOf } from './filters.ts';
import { type Identity, identityOf } from './identity.ts';
import { type Saying, Sayings, sayingOf, textOf } from './saying.ts';

type Speaker = { readonly node: string; readonly scope: Scope };

/** Kinds of facts by which a machine leads packets to others. */
const LEADING: readonly KindId[] = ['route', 'rule', 'neighbour', 'fdb', 'nexthop', 'path-mtu', 'wireguard'];

const NOBODY: Identity = { names: new Map(), addresses: [] };

/** A machine with all that it says of others; nothing where its rules may tell them apart by more. */
type Known = { readonly identity: Identity; readonly says: Sayings | undefined; readonly devices: string };

/**
 * Puts the peers of each node together that it cannot tell apart: it holds the same of them, they hold the same of it, and their
 * devices are set alike. What is in a group alone differs from all others.
 */
export function alikePeers(facts: Facts, speakers: ReadonlyMap<string, Speaker>): (node: string) => readonly (readonly string[])[] {
  const identities = [...speakers.values()].map((speaker) => identityOf(facts, speaker));
  const addresses = new Set(identities.flatMap((identity) => identity.addresses.map(([address]): string => address)));
  const known = new Map(
    [...speakers].map(([node, speaker], at): readonly [string, Known] => {
      const identity = identities[at] ?? identityOf(facts, speaker);
      const scopes = [onNode(node), speaker.scope];
      return [node, { identity, says: sayingsOf(facts, scopes, identity, addresses), devices: devicesOf(facts, scopes, identity) }];
    }),
  );
  const said = saidOf(known);
  return (node) => {
    const peers = [...known.keys()].filter((peer) => peer !== node);
    return [...grouped(peers, (peer) => `${said(node, peer) ?? peer} ${said(peer, node) ?? peer} ${known.get(peer)?.devices}`).values()];
  };
}

/** What one node says of another, as a number that is the same for the same words. */
function saidOf(known: ReadonlyMap<string, Known>): (node: string, peer: string) => number | undefined {
  const numbers = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = numbers.get(text) ?? numbers.size;
    numbers.set(text, number);
    return number;
  };
  const said = new Map(
    [...known].map(([node, { says }]) => [
      node,
      new Map(
        [...known].flatMap(([peer, { identity }]) => (says === undefined || peer === node ? [] : [[peer, numberOf(says.of(identity))]])),
      ),
    ]),
  );
  return (node, peer) => said.get(node)?.get(peer);
}

function sayingsOf(facts: Facts, scopes: readonly Scope[], own: Identity, addresses: ReadonlySet<string>): Sayings | undefined {
  const said: Saying[] = [];
  for (const scope of scopes) {
    const filters = filtersOf(facts, scope, addresses);
    if (filters === undefined) return undefined;
    for (const saying of filters) said.push(saying);
    for (const kind of LEADING)
      for (const { origin: _, ...fact } of facts.partition(kind, scope)?.facts ?? []) said.push(sayingOf({ kind, ...fact }));
  }
  return new Sayings(said, own);
}

/** How the devices are set that packets of others come in by. */
const devicesOf = (facts: Facts, scopes: readonly Scope[], identity: Identity): string =>
  scopes
    .flatMap((scope) => {
      const read = facts.seen('link', scope);
      return (read.is === 'gap' ? [] : read.value)
        .filter(({ type }) => type !== 'veth' || scope.netns !== '')
        .map(({ name, type, mtu, up, noArp, master, vxlan, tunnel, bridge, upper }) =>
          textOf(sayingOf({ name, type, mtu, up, noArp, master, vxlan, tunnel, bridge, upper }), NOBODY, identity),
        );
    })
    .toSorted()
    .join('\n');
