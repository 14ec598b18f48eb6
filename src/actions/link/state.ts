import type { Edit } from '#facts/edit';
import type { Facts } from '#facts/facts';
import { fdb } from '#facts/fdb/fdb';
import type { FactOf, KindId } from '#facts/kinds';
import type { Link } from '#facts/link/link';
import { peerOf, type PlacedLink } from '#facts/link/peer';
import { neighbour } from '#facts/neighbour/neighbour';
import type { Mac } from '#net/mac';
import { ownRoutes } from '#facts/route/own-routes';
import { route as routeKind, type Route } from '#facts/route/route';
import { onNode, type Scope } from '#snapshot/scope';

const factsIn = <K extends KindId>(facts: Facts, kind: K, scope: Scope): readonly FactOf<K>[] => {
  const seen = facts.seen(kind, scope);
  return seen.is === 'seen' ? seen.value : [];
};

const put = (scope: Scope, link: Link): Edit => ({ op: 'put', kind: 'link', scope, fact: link });

/** A port forwards while it has a carrier and its bridge is up; without STP it does so at once (net/bridge/br_stp_if.c). */
const portState = (link: Link, forwarding: boolean): Pick<Link, 'port'> =>
  link.port === undefined || link.port === null
    ? { port: link.port }
    : { port: { ...link.port, state: forwarding ? 'forwarding' : 'disabled' } };

/** 224.0.0.1: every device that is up listens to it (net/ipv4/igmp.c ip_mc_up), and the forwarding database shows that. */
const ALL_HOSTS = '01:00:5e:00:00:01' as Mac;

const listens = (facts: Facts, { scope, link }: PlacedLink): readonly FactOf<'fdb'>[] =>
  factsIn(facts, 'fdb', scope).filter(({ dev, mac, self }) => dev === link.name && mac === ALL_HOSTS && self === true);

/** The entry by which it listens again, in the form that this capture shows such entries in; nothing where it shows none. */
function listening(facts: Facts, at: PlacedLink): readonly Edit[] {
  // a VXLAN device lists its own table, and that alone
  if (at.link.type === 'vxlan' || facts.seen('fdb', at.scope).is === 'gap') return [];
  const like = [at.scope, onNode(at.scope.node)]
    .flatMap((scope) => factsIn(facts, 'fdb', scope))
    .find(({ mac, self }) => mac === ALL_HOSTS && self === true);
  if (like === undefined || listens(facts, at).length > 0) return [];
  return [{ op: 'put', kind: 'fdb', scope: at.scope, fact: { ...like, dev: at.link.name } }];
}

/** What else goes with a device that is set down: its routes but the local ones, its neighbours, what a bridge learnt on it. */
function lost(facts: Facts, { scope, link }: PlacedLink): readonly Edit[] {
  const { name } = link;
  const routes = factsIn(facts, 'route', scope).filter(({ type, hops }) => type !== 'local' && hops.some(({ dev }) => dev === name));
  const neighbours = factsIn(facts, 'neighbour', scope).filter(({ dev }) => dev === name);
  const learnt = factsIn(facts, 'fdb', scope).filter(({ dev, state }) => dev === name && (state === 'reachable' || state === 'stale'));
  return [
    ...routes.map((one): Edit => ({ op: 'delete', kind: 'route', scope, key: routeKind.key(one) })),
    ...neighbours.map((one): Edit => ({ op: 'delete', kind: 'neighbour', scope, key: neighbour.key(one) })),
    ...[...learnt, ...listens(facts, { scope, link })].map((one): Edit => ({ op: 'delete', kind: 'fdb', scope, key: fdb.key(one) })),
  ];
}

/** What comes back with it: the routes of its addresses, and no other. */
function regained(facts: Facts, at: PlacedLink): readonly Edit[] {
  const { scope, link } = at;
  const there = new Set(factsIn(facts, 'route', scope).map((one) => routeKind.key(one)));
  const routes = factsIn(facts, 'address', scope)
    .filter(({ dev }) => dev === link.name)
    .flatMap((address) => ownRoutes(address))
    .filter((one) => !there.has(routeKind.key({ ...one, origin: { file: '' } })))
    .map((fact): Edit => ({ op: 'put', kind: 'route', scope, fact }));
  return [...routes, ...listening(facts, at)];
}

/** The ports of a bridge stop and start with it. */
const portsOf = (facts: Facts, { scope, link }: PlacedLink, up: boolean): readonly Edit[] =>
  factsIn(facts, 'link', scope)
    .filter(({ master }) => master === link.name)
    .map((one) => put(scope, { ...one, ...portState(one, up && one.up === true && one.carrier !== false) }));

/** The routes of the far end of a veth are marked while it has no carrier. */
function marked(facts: Facts, { scope, link }: PlacedLink, up: boolean): readonly Edit[] {
  const flagged = (one: Route): Route => ({
    ...one,
    hops: one.hops.map((hop) =>
      hop.dev === link.name && hop.dead !== undefined ? { ...hop, dead: !up, linkdown: hop.linkdown === undefined ? undefined : !up } : hop,
    ),
  });
  return factsIn(facts, 'route', scope)
    .filter(({ type, hops }) => type !== 'local' && hops.some(({ dev, dead }) => dev === link.name && dead === up))
    .map((one): Edit => ({ op: 'put', kind: 'route', scope, fact: flagged(one) }));
}

function peerEdits(facts: Facts, at: PlacedLink, up: boolean): readonly Edit[] {
  const peer = peerOf(facts, at);
  if (peer === undefined) return [];
  const carrier = up && peer.link.up === true;
  const operState = carrier ? 'UP' : peer.link.up === true ? 'LOWERLAYERDOWN' : 'DOWN';
  return [put(peer.scope, { ...peer.link, carrier, operState, ...portState(peer.link, carrier) }), ...marked(facts, peer, up)];
}

/** Everything that the kernel changes when a device is set up or down. */
export function stateEdits(facts: Facts, at: PlacedLink, up: boolean): readonly Edit[] {
  const { scope, link } = at;
  const peer = peerOf(facts, at);
  const carrier = up && (peer === undefined || peer.link.up === true);
  const operState = !up ? 'DOWN' : carrier ? (link.type === 'vxlan' || link.name === 'lo' ? 'UNKNOWN' : 'UP') : 'LOWERLAYERDOWN';
  const own = put(scope, { ...link, up, carrier, operState, ...portState(link, carrier) });
  return [own, ...(up ? regained(facts, at) : lost(facts, at)), ...portsOf(facts, at, up), ...peerEdits(facts, at, up)];
}
