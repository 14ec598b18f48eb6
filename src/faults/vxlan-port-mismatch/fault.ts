import { defineFault } from '#engine/fault';
import { type OddDevice, settingRuling } from '#engine/setting-ruling';
import type { Subject } from '#engine/subject';
import { nodeSubjects } from '#intent/flannel/subjects';
import { fix } from './fix.ts';
import text from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;

/** A VXLAN device whose UDP port is not the one that its peers use. */
export default defineFault<NodeSubject, OddDevice>({
  id: 'vxlan-port-mismatch',
  is: {
    en: 'a VXLAN device uses another UDP port than its peers',
    zh: 'VXLAN 设备的 UDP 端口与其他节点不一致',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'flannel-config', 'counter', 'unit', 'lease'],
  lookAlikes: ['vxlan-vni-mismatch', 'vxlan-vtep-mac-stale', 'vxlan-udp-filtered', 'vxlan-device-down', 'flannel-lease-wrong-machine'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => settingRuling(facts, node, 'port', 'UDP port'),
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
