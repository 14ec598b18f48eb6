import { everyNode } from '#engine/every-node';
import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Ending, View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { cidrOf, contains } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import type { Read } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type Node = Extract<Subject, { kind: 'node' }>;
type Route = FactOf<'route'>;

const DEFAULT = '0.0.0.0/0';
const isDefault = ({ table, to, type }: Route): boolean => table === 'main' && to === DEFAULT && type === 'unicast';

/** Flows from the node itself to a Service that ended for want of a route. */
const unrouted = (view: View, node: string): readonly Ending[] =>
  view
    .endings(node)
    .filter(
      ({ check, walk, way }) =>
        way === 'there' &&
        check.kind === 'node-service' &&
        walk.at.netns === '' &&
        walk.hops.length <= 1 &&
        walk.reason.by.some(({ kind, absent: missing }) => kind === 'route' && missing === true),
    );

/** The default route of another captured node whose gateway this node has on a link too, and by which device. */
function gatewayOf(facts: Facts, node: string): { readonly gateway: string; readonly device: string } | undefined {
  const addresses = facts.seen('address', onNode(node));
  if (addresses.is === 'gap') return undefined;
  for (const other of facts.nodes()) {
    const routes = facts.seen('route', onNode(other));
    const via = other === node || routes.is === 'gap' ? null : (routes.value.find(isDefault)?.hops[0]?.via ?? null);
    const own =
      via === null ? undefined : addresses.value.find(({ address, length }) => length < 32 && contains(cidrOf(address, length), via));
    if (via !== null && own !== undefined) return { gateway: via, device: own.dev };
  }
  return undefined;
}

/** A device that leads out of the machine and is down takes its routes with it: that is the cause then. */
function downUplink(facts: Facts, node: string): FactOf<'link'> | undefined {
  const [links, addresses] = [facts.seen('link', onNode(node)), facts.seen('address', onNode(node))];
  if (links.is === 'gap' || addresses.is === 'gap') return undefined;
  return links.value.find(({ name, up, type, master }) => {
    const inner = name === 'lo' || type === 'bridge' || type === 'vxlan' || (master !== null && master !== undefined);
    return up === false && !inner && addresses.value.some(({ dev }) => dev === name);
  });
}

function ruling(node: string, view: View, routes: Read<readonly Route[]>): Ruling<Found> {
  const own = routes.value.filter(isDefault);
  if (own.length > 0) return absent(own);
  const down = downUplink(view.facts, node);
  if (down !== undefined) return absent([down]);
  const [first] = unrouted(view, node);
  if (first === undefined) return absent(routes.origins);
  const { gateway = null, device = null } = gatewayOf(view.facts, node) ?? {};
  return found({ node, destination: first.walk.packet.destination, gateway, device }, routes.origins);
}

/** A node without a default route, whose own packets to Services find no way. */
export default defineFault<Node, Found>({
  id: 'default-route-missing',
  is: {
    en: 'a node without a default route: its own packets to Services find no way',
    zh: '节点没有默认路由，自身访问 Service 的报文无路可走',
  },
  area: 'node',
  severity: 'error',
  needs: ['route', 'address', 'link'],
  lookAlikes: ['host-firewall-rule', 'node-unreachable', 'pod-route-missing'],
  subjects: ({ facts }) => everyNode(facts),
  judge: ({ node }, view) => {
    const routes = view.seen('route', onNode(node), 'main');
    return routes.is === 'gap' ? unknown(routes.gap) : ruling(node, view, routes);
  },
  texts: text,
  fix: (_, params) => fix(params),
});
