import { defineFault } from '#engine/fault';
import { type OddDevice, settingRuling } from '#engine/setting-ruling';
import type { Subject } from '#engine/subject';
import { nodeSubjects } from '#intent/flannel/subjects';
import { fix } from './fix.ts';
import text from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;

/** A VXLAN device whose VNI is not the one that its peers use. */
export default defineFault<NodeSubject, OddDevice>({
  id: 'vxlan-vni-mismatch',
  is: {
    en: 'a VXLAN device uses another VNI than its peers',
    zh: 'VXLAN 设备的 VNI 与其他节点不一致',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'flannel-config', 'counter', 'unit', 'lease'],
  lookAlikes: ['vxlan-port-mismatch', 'vxlan-vtep-mac-stale', 'vxlan-udp-filtered', 'vxlan-device-down', 'flannel-lease-wrong-machine'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => settingRuling(facts, node, 'vni', 'VNI'),
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
