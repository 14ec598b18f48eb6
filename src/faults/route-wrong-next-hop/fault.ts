import { linkAnswer } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { intendedRoute, leadsToPeer, routesToPeer } from '#intent/flannel/peer-route';
import { linkSubjects } from '#intent/flannel/subjects';
import { leftoverRoutes, mayBeLeftover } from '#intent/leftovers/routes';
import { type Tunnel, tunnelBetween } from '#intent/flannel/tunnel';
import { lengthOf } from '#net/cidr';
import type { Gap } from '#snapshot/gap';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Link = Extract<Subject, { kind: 'link' }>;
type Route = FactOf<'route'>;

/** What an address brings to its device: then the address is wrong, and no route (`address-range-overlap`). */
const isOwnRange = ({ protocol, hops }: Route): boolean => protocol === 'kernel' && hops.every(({ via }) => via === null);

/** `unsure`: whether the wrong route is what an earlier pod network left. */
type Taken = { readonly routes: readonly Route[]; readonly wrong: Route | undefined; readonly unsure: Gap | undefined };

/** The routes that pods of the peer are really reached by: longer prefixes inside the subnet, and the first that holds all of it. */
function taken(facts: Facts, tunnel: Tunnel): Taken | undefined {
  const routes = routesToPeer(facts, tunnel);
  if (routes.is === 'gap') return undefined;
  // what an earlier pod network left is one cause, not one for each peer (`cni-leftovers`)
  const left = leftoverRoutes(facts, tunnel.from);
  const isLeft = (route: Route): boolean => left.is === 'seen' && left.value.some((one) => one.route === route);
  const longer = routes.value.filter(({ to }) => lengthOf(to) > lengthOf(tunnel.lease.subnet));
  const covering = routes.value.find(({ to }) => lengthOf(to) > 0 && lengthOf(to) <= lengthOf(tunnel.lease.subnet));
  const used = [...longer, ...(covering === undefined ? [] : [covering])];
  const wrong = used.filter((route) => route.type === 'unicast' && !isOwnRange(route) && !leadsToPeer(route, tunnel) && !isLeft(route));
  // where the daemons are not known, a route of a plugin may be left; one of nobody's is not
  const surely = left.is === 'gap' ? wrong.find((route) => !mayBeLeftover(route)) : wrong[0];
  return { routes: used, wrong: surely ?? wrong[0], unsure: surely === undefined && left.is === 'gap' ? left.gap : undefined };
}

const hopText = ({ hops }: Pick<Route, 'hops'>): string =>
  hops.map(({ dev, via }) => [...(via === null ? [] : ['via', via]), ...(dev === null ? [] : ['dev', dev])].join(' ')).join(', ');

function ruling(tunnel: Tunnel, view: View): Ruling<Found> {
  const { from, to, lease } = tunnel;
  const routes = routesToPeer(view.facts, tunnel);
  if (routes.is === 'gap') return unknown(routes.gap);
  const { routes: used = [], wrong, unsure } = taken(view.facts, tunnel) ?? {};
  const intended = intendedRoute(tunnel);
  if (wrong === undefined || intended === undefined) return absent(used.length > 0 ? used : routes.origins);
  // a longer prefix may concern one pod only, and so no check of the pair
  const failing = view.endings().some(({ check }) => check.flow?.from.node === from || check.id.includes(`→${from}`));
  if (linkAnswer(view, from, to) === 'pass' && !failing) return absent([wrong]);
  if (unsure !== undefined) return unknown(unsure);
  return found({ from, to, subnet: lease.subnet, prefix: wrong.to, hop: hopText(wrong), intended: hopText(intended) }, [wrong, lease]);
}

/** A route to a peer's pods that leads neither through the tunnel nor to the peer's machine. */
export default defineFault<Link, Found>({
  id: 'route-wrong-next-hop',
  is: {
    en: "a route to a peer's pods leads somewhere else",
    zh: '到对端 Pod 网段的路由指向了别处',
  },
  area: 'node',
  severity: 'error',
  needs: ['route', 'lease', 'link', 'process'],
  lookAlikes: [
    'pod-route-missing',
    'route-blackhole',
    'flannel-lease-wrong-machine',
    'vxlan-vtep-mac-stale',
    'rp-filter-strict',
    'address-range-overlap',
    'cni-leftovers',
  ],
  subjects: ({ facts }) =>
    linkSubjects(facts, (from, to) => {
      const tunnel = tunnelBetween(facts, from, to);
      return tunnel.is === 'gap' || (tunnel.value !== null && taken(facts, tunnel.value)?.wrong !== undefined);
    }),
  judge: ({ from, to }, view) => {
    const tunnel = tunnelBetween(view.facts, from, to);
    if (tunnel.is === 'gap') return unknown(tunnel.gap);
    return tunnel.value === null ? absent(tunnel.origins) : ruling(tunnel.value, view);
  },
  texts: text,
  fix: (_, { from, to }, { facts }) => {
    const tunnel = tunnelBetween(facts, from, to);
    if (tunnel.is === 'gap' || tunnel.value === null) throw new Error(`no tunnel ${from}→${to} to mend`);
    const { routes = [], wrong } = taken(facts, tunnel.value) ?? {};
    if (wrong === undefined) throw new Error(`no wrong route ${from}→${to} to mend`);
    const good = tunnel.value;
    return fix(
      good,
      wrong,
      routes.some((route) => route !== wrong && leadsToPeer(route, good)),
    );
  },
});
