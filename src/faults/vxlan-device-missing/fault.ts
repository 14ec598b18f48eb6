import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { flanneldProcess, flanneldRuns, flanneldUnit } from '#intent/flannel/daemon';
import { deviceName, flannelConfig, flannelDevice } from '#intent/flannel/device';
import { leaseOf, leasesOf } from '#intent/flannel/home';
import { nodeSubjects } from '#intent/flannel/subjects';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type NodeSubject = Extract<Subject, { kind: 'node' }>;

function judged(facts: Facts, node: string): Ruling<Found> {
  const device = flannelDevice(facts, node);
  if (device.is === 'gap') return unknown(device.gap);
  if (device.value !== null) return absent([device.value]);
  const leases = leasesOf(facts);
  if (leases.is === 'gap') return unknown(leases.gap);
  const lease = leaseOf(facts, node, leases.value);
  if (lease === undefined || (lease.backend !== undefined && lease.backend !== 'vxlan'))
    return absent([...device.origins, ...leases.origins]);
  const running = flanneldRuns(facts, node);
  const daemon = flanneldProcess(facts, node) ?? flanneldUnit(facts, node);
  const name = deviceName(flannelConfig(facts)?.vni ?? lease.vni ?? 1);
  return found({ node, subnet: lease.subnet, device: name, running: running ?? null }, [
    lease,
    ...device.origins,
    ...(daemon === undefined ? [] : [daemon]),
  ]);
}

/** A node that holds a VXLAN lease and has no VXLAN device. */
export default defineFault<NodeSubject, Found>({
  id: 'vxlan-device-missing',
  is: {
    en: 'a node holds a VXLAN lease and has no VXLAN device',
    zh: '节点持有 VXLAN 租约，却没有 VXLAN 设备',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'lease', 'address', 'subnet-env', 'process', 'unit', 'flannel-config'],
  lookAlikes: ['vxlan-device-down', 'vxlan-vtep-mac-stale', 'flanneld-not-following', 'pod-route-missing'],
  subjects: ({ facts }) => nodeSubjects(facts),
  judge: ({ node }, { facts }) => judged(facts, node),
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
