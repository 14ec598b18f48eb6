import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { homeOf, underlayAddress } from '#intent/flannel/home';
import { leaseAt } from '#intent/flannel/peers';
import { misledPeers, publicIpOf } from '#intent/flannel/public-ip';
import { leaseSubjects } from '#intent/flannel/subjects';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LeaseSubject = Extract<Subject, { kind: 'lease' }>;

function ruling(lease: FactOf<'lease'>, facts: Facts): Ruling<Found> {
  const at = publicIpOf(facts, lease);
  if (at.is === 'unknown') return unknown(at.gap);
  if (at.is === 'own') return absent([lease, at.address]);
  if (at.is === 'nobody' && !at.answers) return absent([lease, ...at.asked]);
  const misled = misledPeers(facts, lease);
  const followed = (misled ?? []).flatMap(({ fdb }) => fdb);
  if (misled !== undefined && misled.length === 0) return absent([lease]);
  const { node } = at;
  const address = underlayAddress(facts, node);
  const home = homeOf(facts, lease);
  return found(
    {
      node,
      address: address ?? '',
      subnet: lease.subnet,
      publicIp: lease.publicIp ?? '',
      machine: at.is === 'other' ? at.machine : null,
      peers: (misled ?? []).map((peer) => peer.node),
    },
    [lease, ...(home === undefined ? [] : [home.fact]), ...(at.is === 'other' ? [at.address] : at.asked), ...followed],
  );
}

/** A lease whose PublicIP is that of another machine than the one that lives in its subnet. */
export default defineFault<LeaseSubject, Found>({
  id: 'flannel-lease-wrong-machine',
  is: {
    en: 'a flannel lease points at another machine than the one in its subnet',
    zh: 'flannel 租约指向了另一台机器',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'address', 'neighbour', 'fdb', 'route', 'subnet-env', 'process'],
  lookAlikes: [
    'flannel-lease-dead-machine',
    'vxlan-vtep-mac-stale',
    'flannel-public-ip-wrong',
    'flannel-subnet-overlap',
    'flanneld-not-following',
    'node-unreachable',
  ],
  subjects: ({ facts }) => leaseSubjects(facts),
  judge: ({ subnet }, { facts }) => {
    const lease = leaseAt(facts, subnet);
    return lease === undefined ? absent([]) : ruling(lease, facts);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
