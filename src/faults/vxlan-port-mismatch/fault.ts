import { defineFault } from '#engine/fault';
import { absent, found, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import { flannelDevice } from '#intent/flannel/device';
import { agreement } from '#intent/flannel/settings';
import { nodeSubjects, notTold } from '#intent/flannel/subjects';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;

/** A VXLAN device whose UDP port is not the one that its peers use. */
export default defineFault<NodeSubject, Found>({
  id: 'vxlan-port-mismatch',
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'flannel-config', 'counter', 'unit', 'lease'],
  lookAlikes: ['vxlan-vni-mismatch', 'vxlan-vtep-mac-stale', 'vxlan-udp-filtered', 'vxlan-device-down', 'flannel-lease-wrong-machine'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => {
    const device = flannelDevice(facts, node);
    if (device.is === 'gap') return unknown(device.gap);
    if (device.value === null) return absent(device.origins);
    const standing = agreement(facts, node, 'port');
    if (standing === undefined) return unknown(notTold('link', node, `the UDP port of ${device.value.name}`));
    if (standing.is === 'alone') return unknown(notTold('link', node, `the UDP port of any peer of ${device.value.name}`));
    if (standing.is === 'agrees') return absent(standing.origins);
    const { own, wanted, peers, origins } = standing;
    return found({ node, device: device.value.name, own, wanted, peers: peers.map((peer) => peer.node) }, origins);
  },
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
