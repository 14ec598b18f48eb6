import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const node = healthy.node('D');
const subject = 'node/D';

/** With another MTU on the pods of D and what they hang on. */
const sized = (built: BuiltCluster, mtu: number): BuiltCluster =>
  node.pods.reduce(
    (now, pod) => now.link(pod.scope, pod.device, { mtu }).link(node.scope, pod.veth, { mtu }),
    built.link(node.scope, node.bridge, { mtu }),
  );

const large = sized(healthy, 1500);

cases(fault, {
  found: [{ name: 'pods and bridge have the MTU of the network', facts: large.facts, subject }],
  absent: [
    { name: 'everything has the MTU of the tunnel', facts: healthy.facts },
    { name: 'only the bridge is large', facts: healthy.link(node.scope, node.bridge, { mtu: 1500 }).facts },
    { name: 'pods have less', facts: sized(healthy, 1400).facts },
  ],
  unknown: [{ name: 'the devices were not read', facts: large.without('link', node.scope).facts, subject }],
});
