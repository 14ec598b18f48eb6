import type { Answered, Check } from '#engine/check';
import { linkAnswer } from '#engine/ended';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import { routesToPeer } from '#intent/flannel/peer-route';
import { linkSubjects, notTold } from '#intent/flannel/subjects';
import { type Tunnel, tunnelBetween } from '#intent/flannel/tunnel';
import { lengthOf } from '#net/cidr';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Link = Extract<Subject, { kind: 'link' }>;

function ruling(tunnel: Tunnel, view: View): Ruling<Found> {
  const { from, to, lease, device, held } = tunnel;
  const routes = routesToPeer(view.facts, tunnel);
  if (routes.is === 'gap') return unknown(routes.gap);
  const own = routes.value.filter((route) => lengthOf(route.to) > 0);
  if (own.length > 0) return absent(own);
  // a device that is down lost its routes; what flanneld never took in has no entries either
  if (device.up !== true) return absent([device]);
  if (held.neighbour === undefined && held.fdb.length === 0) return absent([lease, ...routes.origins]);
  if (!routes.complete) return unknown(notTold('route', from, `the whole table main`));
  if (linkAnswer(view, from, to) === 'pass') return absent(routes.origins);
  const entries = [held.neighbour, ...held.fdb].filter((one) => one !== undefined);
  return found({ from, to, subnet: lease.subnet, device: device.name }, [...routes.origins, lease, ...entries]);
}

/** With a default route the packets leave what was captured, so that no flow tells: whether the routing table knows the peer. */
const routed = (from: string, to: string): Check => ({
  id: `route ${from}→${to}`,
  kind: 'route',
  from: 'invariant',
  says: { en: `${from} has a route of its own to the pods of ${to}`, zh: `节点 ${from} 有到 ${to} 上 Pod 的专用路由` },
  ask: ({ facts }): Answered => {
    const tunnel = tunnelBetween(facts, from, to);
    const routes = tunnel.is === 'gap' || tunnel.value === null ? undefined : routesToPeer(facts, tunnel.value);
    const known = routes?.is === 'seen' ? routes.value.some((route) => lengthOf(route.to) > 0) : undefined;
    const result = known === undefined ? 'unknown' : known ? 'pass' : 'fail';
    return {
      result,
      probability: null,
      outcomes: [],
      gaps: routes?.is === 'gap' ? [routes.gap] : [],
      says: known === true ? 'there is one' : 'there is none',
    };
  },
});

/** A node that has no route to the pods of a peer, though flanneld programmed the rest. */
export default defineFault<Link, Found>({
  id: 'pod-route-missing',
  is: {
    en: 'a node has no route to the pods of a peer',
    zh: '节点缺少到对端 Pod 网段的路由',
  },
  area: 'node',
  severity: 'error',
  needs: ['route', 'lease', 'link', 'neighbour', 'fdb'],
  lookAlikes: [
    'route-wrong-next-hop',
    'route-blackhole',
    'flanneld-not-following',
    'vxlan-device-down',
    'vxlan-neighbour-missing',
    'vxlan-fdb-missing',
  ],
  subjects: ({ facts }) => linkSubjects(facts, (from, to) => isMissing(tunnelBetween(facts, from, to), facts)),
  judge: ({ from, to }, view) => {
    const tunnel = tunnelBetween(view.facts, from, to);
    if (tunnel.is === 'gap') return unknown(tunnel.gap);
    return tunnel.value === null ? absent(tunnel.origins) : ruling(tunnel.value, view);
  },
  texts: text,
  asks: ({ from, to }) => [routed(from, to)],
  fix: (_, { from, to }, { facts }) => {
    const tunnel = tunnelBetween(facts, from, to);
    if (tunnel.is === 'gap' || tunnel.value === null) throw new Error(`no tunnel ${from}→${to} to mend`);
    return fix(tunnel.value);
  },
});

function isMissing(tunnel: ReturnType<typeof tunnelBetween>, facts: View['facts']): boolean {
  if (tunnel.is === 'gap' || tunnel.value === null) return true;
  const routes = routesToPeer(facts, tunnel.value);
  return routes.is === 'gap' || routes.value.every((route) => lengthOf(route.to) === 0);
}
