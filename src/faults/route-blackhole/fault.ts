import { endedBy } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { intendedRoute } from '#intent/flannel/peer-route';
import { linkSubjects } from '#intent/flannel/subjects';
import { type Tunnel, tunnelBetween } from '#intent/flannel/tunnel';
import { contains, overlaps } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Link = Extract<Subject, { kind: 'link' }>;
type Route = FactOf<'route'>;

const REFUSES: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit']);

/** The tables that are asked without anybody's rule: what is in another one, only a rule leads to, and that is the cause. */
const BORN: ReadonlySet<string> = new Set(['local', 'main', 'default']);

/** The routes of a node that refuse some part of a peer's subnet. */
function refusing(facts: Facts, { from, lease }: Pick<Tunnel, 'from' | 'lease'>): readonly Route[] {
  const routes = facts.seen('route', onNode(from));
  return routes.is === 'seen'
    ? routes.value.filter(({ type, to, table }) => BORN.has(table) && REFUSES.has(type) && overlaps(to, lease.subnet))
    : [];
}

/** Of those, the one that failing packets to the peer's pods ended by. */
const deadly = (view: View, tunnel: Tunnel): Route | undefined =>
  refusing(view.facts, tunnel).find((route) =>
    endedBy(view, tunnel.from, route).some(({ walk }) => contains(tunnel.lease.subnet, walk.received.destination)),
  );

function ruling(tunnel: Tunnel, view: View): Ruling<Found> {
  const { from, to } = tunnel;
  const routes = view.seen('route', onNode(from));
  if (routes.is === 'gap') return unknown(routes.gap);
  const route = deadly(view, tunnel);
  if (route !== undefined) return found({ from, to, type: route.type, prefix: route.to, protocol: route.protocol ?? null }, [route]);
  const harmless = refusing(view.facts, tunnel);
  return absent(harmless.length > 0 ? harmless : routes.origins);
}

/** A route that refuses what goes to the pods of a peer. */
export default defineFault<Link, Found>({
  id: 'route-blackhole',
  is: {
    en: 'a route refuses what goes to the pods of a peer',
    zh: '路由拒绝发往对端 Pod 的报文',
  },
  area: 'node',
  severity: 'error',
  needs: ['route', 'lease', 'link'],
  lookAlikes: [
    'policy-rule-steals-pod-traffic',
    'pod-route-missing',
    'route-wrong-next-hop',
    'host-firewall-rule',
    'vxlan-neighbour-missing',
  ],
  subjects: ({ facts }) =>
    linkSubjects(facts, (from, to) => {
      const tunnel = tunnelBetween(facts, from, to);
      return tunnel.is === 'gap' || (tunnel.value !== null && refusing(facts, tunnel.value).length > 0);
    }),
  judge: ({ from, to }, view) => {
    const tunnel = tunnelBetween(view.facts, from, to);
    if (tunnel.is === 'gap') return unknown(tunnel.gap);
    return tunnel.value === null ? absent(tunnel.origins) : ruling(tunnel.value, view);
  },
  texts: text,
  fix: (_, params, view) => {
    const tunnel = tunnelBetween(view.facts, params.from, params.to);
    const route = tunnel.is === 'seen' && tunnel.value !== null ? deadly(view, tunnel.value) : undefined;
    if (tunnel.is === 'gap' || tunnel.value === null || route === undefined) throw new Error('no refusing route to mend');
    const { lease, device, held } = tunnel.value;
    const stolen = route.to === lease.subnet && (route.metric ?? 0) === 0 && held.route === undefined;
    return fix(params, route, stolen ? intendedRoute({ lease, device }) : undefined);
  },
});
