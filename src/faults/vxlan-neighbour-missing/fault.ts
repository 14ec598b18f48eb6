import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { linkSubjects, notTold } from '#intent/flannel/subjects';
import { floods, leaseOfNode, type Tunnel, tunnelBetween } from '#intent/flannel/tunnel';
import { baseOf } from '#net/cidr';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LinkSubject = Extract<Subject, { kind: 'link' }>;

function ruling(facts: Facts, { from, to, lease, device, held }: Tunnel): Ruling<Found> {
  const scope = onNode(from);
  const [routes, neighbours] = [facts.seen('route', scope), facts.seen('neighbour', scope)];
  if (routes.is === 'gap') return unknown(routes.gap);
  if (neighbours.is === 'gap') return unknown(neighbours.gap);
  const { route, neighbour } = held;
  const own = leaseOfNode(facts, from);
  // a device that gets another MAC loses its neighbours with it (neigh_changeaddr): then the MAC is the cause
  if (own.is === 'seen' && own.value?.vtepMac !== undefined && own.value.vtepMac !== device.mac) return absent([device, own.value]);
  if (route === undefined || !held.tunnels || device.up === false) return absent([lease, device]);
  if (neighbour?.mac !== undefined && neighbour.mac !== null) return absent([neighbour]);
  if (floods(facts, from, device.name)) return absent([route]);
  if (neighbour === undefined && !neighbours.complete) return unknown(notTold('neighbour', from, `the whole neighbour table`));
  const { vtepMac } = lease;
  if (vtepMac === undefined || vtepMac === null) return unknown(notTold('lease', from, `the MAC in the lease of ${lease.subnet}`));
  const shown = neighbour === undefined ? neighbours.origins : [neighbour];
  return found({ from, to, device: device.name, address: baseOf(lease.subnet), mac: vtepMac }, [route, ...shown, lease]);
}

const judged = (facts: Facts, from: string, to: string): Ruling<Found> => {
  const tunnel = tunnelBetween(facts, from, to);
  if (tunnel.is === 'gap') return unknown(tunnel.gap);
  return tunnel.value === null ? absent(tunnel.origins) : ruling(facts, tunnel.value);
};

/** A peer's subnet with a route into the tunnel, and no MAC for its next hop. */
export default defineFault<LinkSubject, Found>({
  id: 'vxlan-neighbour-missing',
  is: {
    en: 'a route leads into the tunnel, and its next hop has no MAC',
    zh: '缺少对端 VTEP 的邻居（ARP）表项',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'route', 'neighbour', 'fdb', 'address'],
  lookAlikes: ['vxlan-fdb-missing', 'vxlan-vtep-mac-stale', 'flanneld-not-following', 'vxlan-device-down', 'pod-route-missing'],
  subjects: ({ facts }) => linkSubjects(facts, (from, to) => judged(facts, from, to).is === 'found'),
  judge: ({ from, to }, { facts }) => judged(facts, from, to),
  texts: text,
  fix: (_, params) => fix(params),
});
