import type { Fault } from '#engine/fault';
import type { Link } from '#facts/link/link';
import type { Setting } from '#intent/flannel/settings';
import { CLUSTER } from '#snapshot/scope';
import { cases } from './cases.ts';
import { type BuiltCluster, cluster } from './world-builder.ts';

const healthy = cluster();
const odd = healthy.node('D');
const subject = 'node/D';

/** With another setting on some nodes' devices. */
const changed = (setting: Setting, value: number, nodes: readonly string[]): BuiltCluster =>
  nodes.reduce((now, name) => {
    const { scope, vtep } = now.node(name);
    return now.change(
      'link',
      scope,
      vtep.device,
      (link): Link => (link.vxlan ? { ...link, vxlan: { ...link.vxlan, [setting]: value } } : link),
    );
  }, healthy);

/** Another VXLAN device, not flannel's. */
function swarm(): Omit<Link, 'origin'> {
  const links = healthy.facts.seen('link', odd.scope);
  const device = links.is === 'seen' ? links.value.find(({ name }) => name === odd.vtep.device) : undefined;
  if (device?.vxlan === undefined || device.vxlan === null) throw new Error('no VXLAN device to copy');
  return { ...device, name: 'vx-swarm', index: 90, vxlan: { ...device.vxlan, vni: 4097, port: 4790 } };
}

/** The cases of a fault by which one node's VXLAN device has a setting that its peers' have not. */
export function oddDeviceCases(fault: Fault, setting: Setting, value: number): void {
  const mismatch = changed(setting, value, ['D']);
  const all = healthy.nodes.map(({ name }) => name);
  const alone = all.filter((name) => name !== 'D').reduce((now, name) => now.withoutNode(name), mismatch);
  cases(fault, {
    found: [
      { name: 'one device differs from the configuration and all others', facts: mismatch.facts, subject },
      { name: 'no configuration was read: the majority is right', facts: mismatch.without('flannel-config', CLUSTER).facts, subject },
    ],
    absent: [
      { name: 'all agree', facts: healthy.facts },
      { name: 'all agree on what the configuration does not say', facts: changed(setting, value, all).facts },
      { name: 'another VXLAN device stands beside', facts: healthy.put('link', odd.scope, swarm()).facts },
    ],
    unknown: [
      { name: 'its devices were not read', facts: mismatch.without('link', odd.scope).facts, subject },
      { name: 'nobody else was captured', facts: alone.facts, subject },
    ],
  });
}
