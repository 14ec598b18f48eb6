import { defineFault } from '#engine/fault';
import { absent, found, type Ruling, unknown } from '#engine/ruling';
import type { Subject } from '#engine/subject';
import type { Facts } from '#facts/facts';
import { flannelConfig, flannelDevice } from '#intent/flannel/device';
import { homeOf, leasesOf } from '#intent/flannel/home';
import { notTold } from '#intent/flannel/subjects';
import { onNode } from '#snapshot/scope';
import { seen } from '#snapshot/seen';
import { fix } from './fix.ts';
import text, { type Found } from './text.ts';

type DeviceSubject = Extract<Subject, { kind: 'device' }>;

const devices = (facts: Facts): readonly DeviceSubject[] =>
  facts.nodes().flatMap((node) => {
    const device = flannelDevice(facts, node);
    return device.is === 'seen' && device.value !== null ? [{ kind: 'device', node, netns: '', device: device.value.name }] : [];
  });

function judged(facts: Facts, { node, device: name }: DeviceSubject): Ruling<Found> {
  const links = facts.seen('link', onNode(node));
  if (links.is === 'gap') return unknown(links.gap);
  const device = links.value.find((one) => one.name === name);
  if (device === undefined) return absent(links.origins);
  if (device.up === undefined) return unknown(notTold('link', node, `whether ${name} is up`));
  // with DirectRouting nothing needs the tunnel as long as all nodes share a network
  if (device.up || flannelConfig(facts)?.directRouting === true) return absent([device]);
  const leases = leasesOf(facts);
  const lease = leases.is === 'seen' ? leases.value.find((one) => homeOf(facts, one)?.node === node) : undefined;
  return found({ node, device: name, subnet: lease?.subnet ?? null }, [device]);
}

/** flannel's VXLAN device, set down. */
export default defineFault<DeviceSubject, Found>({
  id: 'vxlan-device-down',
  is: {
    en: "flannel's VXLAN device is down",
    zh: 'flannel 的 VXLAN 设备处于 DOWN 状态',
  },
  area: 'overlay',
  severity: 'error',
  needs: ['link', 'lease', 'flannel-config', 'unit'],
  lookAlikes: ['vxlan-device-missing', 'vxlan-neighbour-missing', 'pod-route-missing', 'flanneld-not-following', 'vxlan-vtep-mac-stale'],
  subjects: ({ facts }) => seen(devices(facts), []),
  judge: (subject, { facts }) => judged(facts, subject),
  texts: text,
  fix: (_, params, view) => fix(params, view),
});
