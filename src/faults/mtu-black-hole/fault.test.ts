import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, uplink, bridge, vtep } = healthy.node('D');

/** Uplinks of virtual machines in network namespaces. */
const virtual = healthy.nodes.reduce((built, node) => built.link(node.scope, node.uplink, { type: 'veth' }), healthy);
const subject = `device/D/${uplink}`;

/** Everything above the uplink of every node was made for a smaller one. */
const small = healthy.nodes.reduce(
  (built: BuiltCluster, node) =>
    node.pods.reduce(
      (now, pod) => now.link(pod.scope, pod.device, { mtu: 1400 }).link(node.scope, pod.veth, { mtu: 1400 }),
      built
        .link(node.scope, node.uplink, { mtu: 1450 })
        .link(node.scope, node.vtep.device, { mtu: 1400 })
        .link(node.scope, node.bridge, { mtu: 1400 }),
    ),
  healthy,
);

const pod = healthy.pod('D');
const large = healthy.link(pod.scope, pod.device, { mtu: 1500 }).link(scope, pod.veth, { mtu: 1500 }).link(scope, bridge, { mtu: 1500 });

cases(fault, {
  found: [
    { name: 'the uplink of one node is too small', facts: virtual.link(scope, uplink, { mtu: 1400 }).facts, subject },
    { name: 'a network card is set too small', facts: healthy.link(scope, uplink, { mtu: 1400 }).facts, subject },
    {
      name: 'pods are larger than the tunnel, and the ICMP that says so is dropped',
      facts: large.rule(scope, 'filter', '-A OUTPUT -p icmp -m icmp --icmp-type 3/4 -j DROP', 0).facts,
      subject: `device/D/${vtep.device}`,
    },
  ],
  absent: [
    { name: 'everything fits', facts: healthy.facts },
    { name: 'one node has jumbo frames', facts: virtual.link(scope, uplink, { mtu: 9000 }).facts },
    { name: 'the underlay is smaller and all was made for it', facts: small.facts },
    { name: 'pods are larger than the tunnel, and are told', facts: large.facts },
  ],
  unknown: [{ name: 'the devices of a node were not read', facts: healthy.without('link', scope).facts }],
});
