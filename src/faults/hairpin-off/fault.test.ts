import { cases } from '#testing/cases';
import { changedObject, followedCluster } from '#testing/built/following';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];
const [first, second] = [healthy.pod('A'), healthy.pod('A', 1)];

const hairpin = (built: BuiltCluster, node: typeof A, veth: string, on: boolean | undefined): BuiltCluster =>
  built.link(node.scope, veth, { port: { state: 'forwarding', hairpin: on, isolated: false, learning: true, flood: true } });

const off = hairpin(healthy, A, first.veth, false);

/** default/web asks its pods for a port by a name that none has. */
const nobodyBehind = (built: BuiltCluster) =>
  changedObject(
    changedObject(
      followedCluster(built),
      'pod',
      () => true,
      (pod) => ({ ...pod, ports: [{ name: 'http', port: 8080, protocol: 'TCP' as const, host: null }] }),
    ),
    'service',
    ({ name }) => name === 'web',
    (web) => ({ ...web, ports: web.ports.map((port) => ({ ...port, targetPort: 'web' })) }),
  );

cases(fault, {
  found: [
    { name: 'at the port of a pod that calls its own Service', facts: off.facts, subject: 'node/A' },
    { name: 'at every port', facts: hairpin(off, A, second.veth, false).facts, subject: 'node/A' },
  ],
  absent: [
    { name: 'it is on everywhere', facts: healthy.facts },
    { name: 'on, where a Service has nobody behind it', facts: nobodyBehind(healthy) },
    { name: 'off where no Service leads to', facts: hairpin(healthy, D, healthy.pod('D').veth, false).facts },
  ],
  unknown: [
    { name: 'the Service of the pod has nobody behind it', facts: nobodyBehind(off), subject: 'node/A' },
    { name: 'the mode of the port was not told', facts: hairpin(healthy, A, first.veth, undefined).facts, subject: 'node/A' },
    { name: 'no links were read', facts: healthy.without('link', A.scope).facts, subject: 'node/A' },
  ],
});
