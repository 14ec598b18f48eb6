import { defineFault } from '#engine/fault';
import { absent, type Evidence, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { View } from '#engine/view';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { flannelDevice } from '#intent/flannel/device';
import { homeOf, machinesAt } from '#intent/flannel/home';
import { leaseAt, otherHostRise, peersOf } from '#intent/flannel/peers';
import { leaseSubjects, notHome, notTold } from '#intent/flannel/subjects';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LeaseSubject = Extract<Subject, { kind: 'lease' }>;
type Lease = FactOf<'lease'>;
type Link = FactOf<'link'>;

function ruling(lease: Lease, { facts }: View): Ruling<Found> {
  const home = homeOf(facts, lease);
  if (home === undefined) return unknown(notHome(lease));
  const device = flannelDevice(facts, home.node);
  if (device.is === 'gap') return unknown(device.gap);
  if (device.value === null) return absent([lease, ...device.origins]);
  const { mac } = device.value;
  if (mac === undefined || mac === null || lease.vtepMac === undefined)
    return unknown(notTold('link', home.node, 'the MAC of the VXLAN device'));
  if (mac === lease.vtepMac || lease.vtepMac === null) return absent([lease, device.value]);
  return stale(lease, home.node, device.value, facts);
}

/** The MACs differ: whether the lease speaks of this machine at all, and whether anybody sends to what it says. */
function stale(lease: Lease, node: string, device: Link, facts: Facts): Ruling<Found> {
  const { publicIp, vtepMac } = lease;
  if (publicIp === undefined || publicIp === null || vtepMac === undefined || vtepMac === null) return absent([lease]);
  const here = machinesAt(facts, publicIp).some((machine) => machine.node === node);
  if (!here && facts.partition('address', onNode(node)) !== undefined) return absent([lease, ...originsOf(facts, node)]);
  const peers = peersOf(facts, lease).filter(({ neighbour }) => neighbour !== undefined);
  const misled = peers.filter(({ neighbour, tunnels }) => tunnels && neighbour?.mac === vtepMac);
  if (misled.length === 0 && peers.length > 0) return absent([lease, device, ...peers.flatMap(neighboursOf)]);
  const holder = facts.nodes().find((other) => other !== node && macOf(facts, other) === vtepMac) ?? null;
  const rise = otherHostRise(facts, node, device.name);
  return found(
    {
      node,
      subnet: lease.subnet,
      publicIp,
      device: device.name,
      leaseMac: vtepMac,
      deviceMac: device.mac ?? '',
      peers: misled.map((peer) => peer.node),
      holder,
    },
    [lease, device, ...misled.flatMap(neighboursOf), ...(rise !== undefined && rise.by > 0 ? [rise.last] : [])],
  );
}

const neighboursOf = ({ neighbour }: { readonly neighbour: FactOf<'neighbour'> | undefined }): readonly Evidence[] =>
  neighbour === undefined ? [] : [neighbour];

const originsOf = (facts: Facts, node: string): readonly Evidence[] => facts.partition('address', onNode(node))?.readings ?? [];

function macOf(facts: Facts, node: string): string | undefined {
  const device = flannelDevice(facts, node);
  return device.is === 'seen' ? (device.value?.mac ?? undefined) : undefined;
}

/** A flannel lease that holds a VTEP MAC which its node's VXLAN device does not have, and peers that send to it. */
export default defineFault<LeaseSubject, Found>({
  id: 'vxlan-vtep-mac-stale',
  is: {
    en: 'a flannel lease holds a VTEP MAC that its node does not have',
    zh: 'flannel 租约中的 VtepMAC 与节点实际 MAC 不符',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'address', 'neighbour', 'route', 'subnet-env', 'link-counters', 'process', 'unit'],
  lookAlikes: [
    'flannel-lease-dead-machine',
    'flannel-lease-wrong-machine',
    'flanneld-not-following',
    'vxlan-fdb-missing',
    'vxlan-neighbour-missing',
    'vxlan-vni-mismatch',
    'vxlan-port-mismatch',
    'vxlan-device-down',
    'vxlan-udp-filtered',
    'ip-forward-off',
    'forward-policy-drop',
  ],
  subjects: ({ facts }) => leaseSubjects(facts),
  judge: ({ subnet }, view) => {
    const lease = leaseAt(view.facts, subnet);
    return lease === undefined ? absent([]) : ruling(lease, view);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
