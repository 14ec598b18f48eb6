import { defineFault } from '#engine/fault';
import { absent, found, type Ruling } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { leaseAt, peersOf } from '#intent/flannel/peers';
import { leaseSubjects } from '#intent/flannel/subjects';
import { baseOf, lengthOf, overlaps } from '#net/cidr';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LeaseSubject = Extract<Subject, { kind: 'lease' }>;
type Lease = FactOf<'lease'>;

/** Whether a lease takes packets from another: it is longer, or begins at the same address, so that both use one neighbour entry. */
const takesFrom = (lease: Lease, other: Lease): boolean =>
  lengthOf(lease.subnet) > lengthOf(other.subnet) || baseOf(lease.subnet) === baseOf(other.subnet);

const sameMachine = (one: Lease, other: Lease): boolean => one.publicIp === other.publicIp && one.vtepMac === other.vtepMac;

/** Of two overlapping leases the wrong one: nobody lives in it; where somebody lives in both, the later one. */
function isWrong(facts: Facts, lease: Lease, other: Lease): boolean {
  const [own, others] = [homeOf(facts, lease), homeOf(facts, other)];
  if ((own === undefined) !== (others === undefined)) return own === undefined;
  return (lease.modRevision ?? 0) > (other.modRevision ?? 0);
}

function ruling(facts: Facts, lease: Lease, all: readonly Lease[]): Ruling<Found> {
  const overlapping = all.filter((one) => one !== lease && overlaps(one.subnet, lease.subnet) && !sameMachine(one, lease));
  const other = overlapping.find((one) => takesFrom(lease, one) && isWrong(facts, lease, one));
  if (other === undefined) return absent([lease, ...overlapping]);
  // entries of the wrong lease on a peer; without a captured peer the two leases speak for themselves
  const peers = peersOf(facts, lease).filter(({ node }) => node !== homeOf(facts, other)?.node);
  const followed = peers.flatMap(({ route }) => route ?? []);
  if (peers.length > 0 && followed.length === 0) return absent([lease, other]);
  const node = homeOf(facts, other)?.node ?? null;
  return found({ subnet: lease.subnet, publicIp: lease.publicIp ?? '', other: other.subnet, node }, [lease, other, ...followed]);
}

/** A lease that overlaps the subnet in which another machine lives, and takes its packets. */
export default defineFault<LeaseSubject, Found>({
  id: 'flannel-subnet-overlap',
  is: {
    en: 'a flannel lease overlaps the subnet in which another machine lives',
    zh: 'flannel 租约与另一台机器使用的子网重叠',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'address', 'route', 'subnet-env', 'process'],
  lookAlikes: [
    'vxlan-vtep-mac-stale',
    'flannel-lease-dead-machine',
    'flannel-lease-wrong-machine',
    'flanneld-not-following',
    'route-wrong-next-hop',
  ],
  subjects: ({ facts }) => leaseSubjects(facts),
  judge: ({ subnet }, { facts }) => {
    const leases = leasesOf(facts);
    const lease = leaseAt(facts, subnet);
    return leases.is === 'gap' || lease === undefined ? absent([]) : ruling(facts, lease, leases.value);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
