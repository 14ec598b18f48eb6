import type { Link } from '#facts/link/link';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const odd = healthy.node('D');
const subject = 'node/D';

/** With another VNI on some nodes' devices. */
const changed = (built: BuiltCluster, nodes: readonly string[]): BuiltCluster =>
  nodes.reduce((now, name) => {
    const { scope, vtep } = now.node(name);
    return now.change('link', scope, vtep.device, (link): Link => (link.vxlan ? { ...link, vxlan: { ...link.vxlan, vni: 42 } } : link));
  }, built);

const mismatch = changed(healthy, ['D']);
const all = healthy.nodes.map(({ name }) => name);
const beside = healthy
  .change('link', odd.scope, odd.uplink, (link) => link)
  .put('link', odd.scope, {
    ...swarm(),
  });

/** Another VXLAN device, not flannel's. */
function swarm(): Omit<Link, 'origin'> {
  const links = healthy.facts.seen('link', odd.scope);
  const device = links.is === 'seen' ? links.value.find(({ name }) => name === odd.vtep.device) : undefined;
  if (device?.vxlan === undefined || device.vxlan === null) throw new Error('no VXLAN device to copy');
  return { ...device, name: 'vx-swarm', index: 90, vxlan: { ...device.vxlan, vni: 4097, port: 4790 } };
}

cases(fault, {
  found: [
    { name: 'one device differs from the configuration and all others', facts: mismatch.facts, subject },
    { name: 'no configuration was read: the majority is right', facts: mismatch.without('flannel-config', CLUSTER).facts, subject },
  ],
  absent: [
    { name: 'all agree', facts: healthy.facts },
    { name: 'all agree on what the configuration does not say', facts: changed(healthy, all).facts },
    { name: 'another VXLAN device stands beside', facts: beside.facts },
  ],
  unknown: [
    { name: 'its devices were not read', facts: mismatch.without('link', odd.scope).facts, subject },
    {
      name: 'nobody else was captured',
      facts: all.filter((name) => name !== 'D').reduce((now, name) => now.withoutNode(name), mismatch).facts,
      subject,
    },
  ],
});
