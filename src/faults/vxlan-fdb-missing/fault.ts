import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { linkSubjects, notTold } from '#intent/flannel/subjects';
import { floods, type Tunnel, tunnelBetween } from '#intent/flannel/tunnel';
import { onNode } from '#snapshot/scope';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type LinkSubject = Extract<Subject, { kind: 'link' }>;

function ruling(facts: Facts, { from, to, lease, device, held }: Tunnel): Ruling<Found> {
  for (const kind of ['route', 'neighbour', 'fdb'] as const) {
    const read = facts.seen(kind, onNode(from));
    if (read.is === 'gap') return unknown(read.gap);
  }
  const { route, neighbour, fdb } = held;
  const mac = neighbour?.mac;
  if (route === undefined || !held.tunnels || neighbour === undefined || mac === undefined || mac === null) return absent([lease]);
  if (fdb.some(({ dst }) => dst !== null)) return absent(fdb);
  // a MAC that the lease does not name was put there by somebody: then flanneld does not follow, or a hand was at work
  if (lease.vtepMac !== mac || lease.publicIp === undefined || lease.publicIp === null) return absent([lease, neighbour]);
  if (floods(facts, from, device.name)) return absent([lease, neighbour]);
  const entries = facts.seen('fdb', onNode(from));
  if (entries.is === 'gap' || !entries.complete) return unknown(notTold('fdb', from, `the whole FDB of ${device.name}`));
  return found({ from, to, device: device.name, mac, dst: lease.publicIp }, [neighbour, route, ...entries.origins, lease]);
}

const judged = (facts: Facts, from: string, to: string): Ruling<Found> => {
  const tunnel = tunnelBetween(facts, from, to);
  if (tunnel.is === 'gap') return unknown(tunnel.gap);
  return tunnel.value === null ? absent(tunnel.origins) : ruling(facts, tunnel.value);
};

/** A peer's VTEP MAC without the entry that says behind which machine it lives. */
export default defineFault<LinkSubject, Found>({
  id: 'vxlan-fdb-missing',
  is: {
    en: "no FDB entry says behind which machine a peer's VTEP lives",
    zh: '缺少对端 VTEP 的 FDB 表项',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['lease', 'link', 'route', 'neighbour', 'fdb', 'address'],
  lookAlikes: ['vxlan-neighbour-missing', 'vxlan-vtep-mac-stale', 'flanneld-not-following', 'vxlan-device-down', 'vxlan-udp-filtered'],
  subjects: ({ facts }) => linkSubjects(facts, (from, to) => judged(facts, from, to).is === 'found'),
  judge: ({ from, to }, { facts }) => judged(facts, from, to),
  texts: text,
  fix: (_, params) => fix(params),
});
