import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { flannelDevice } from '#intent/flannel/device';
import { leaseAt } from '#intent/flannel/peers';
import { misledPeers, publicIpOf, reachableAddress } from '#intent/flannel/public-ip';
import { leaseSubjects } from '#intent/flannel/subjects';
import { contains, lengthOf } from '#net/cidr';
import type { Ip } from '#net/ip';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LeaseSubject = Extract<Subject, { kind: 'lease' }>;

/** Whether a captured node has a route of its own to an address, other than the default one. */
const knowsWay = (facts: Facts, node: string, address: Ip): boolean => {
  const routes = facts.seen('route', onNode(node));
  return (
    routes.is === 'seen' &&
    routes.value.some(({ table, to, type }) => table === 'main' && type === 'unicast' && lengthOf(to) > 0 && contains(to, address))
  );
};

function ruling(facts: Facts, lease: FactOf<'lease'>): Ruling<Found> {
  const at = publicIpOf(facts, lease);
  if (at.is === 'unknown') return unknown(at.gap);
  if (at.is !== 'own') return absent([lease]);
  const better = reachableAddress(facts, at.node);
  if (better === undefined || better.dev === at.address.dev || better.address === at.address.address) return absent([lease, at.address]);
  const misled = misledPeers(facts, lease);
  if (misled !== undefined && misled.length === 0) return absent([lease, at.address]);
  if ((misled ?? []).some(({ node }) => knowsWay(facts, node, at.address.address))) return absent([lease, at.address]);
  const device = flannelDevice(facts, at.node);
  return found(
    {
      node: at.node,
      subnet: lease.subnet,
      publicIp: at.address.address,
      wrongDevice: at.address.dev,
      address: better.address,
      device: better.dev,
    },
    [
      lease,
      at.address,
      better,
      ...(device.is === 'seen' && device.value !== null ? [device.value] : []),
      ...(misled ?? []).flatMap(({ fdb }) => fdb),
    ],
  );
}

/** A node that announces the address of an interface which its peers cannot reach. */
export default defineFault<LeaseSubject, Found>({
  id: 'flannel-public-ip-wrong',
  is: {
    en: 'a node announces the address of an interface that its peers cannot reach',
    zh: 'flanneld 对外宣告了其他节点无法到达的接口地址',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'address', 'route', 'neighbour', 'fdb', 'subnet-env', 'process', 'unit', 'flannel-config'],
  lookAlikes: [
    'flannel-lease-dead-machine',
    'flannel-lease-wrong-machine',
    'vxlan-vtep-mac-stale',
    'vxlan-udp-filtered',
    'node-unreachable',
  ],
  subjects: ({ facts }) => leaseSubjects(facts),
  judge: ({ subnet }, { facts }) => {
    const lease = leaseAt(facts, subnet);
    return lease === undefined ? absent([]) : ruling(facts, lease);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
