import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];
const [first, second] = [healthy.pod('A'), healthy.pod('A', 1)];

const hairpin = (built: BuiltCluster, node: typeof A, veth: string, on: boolean | undefined): BuiltCluster =>
  built.link(node.scope, veth, { port: { state: 'forwarding', hairpin: on, isolated: false, learning: true, flood: true } });

const off = hairpin(healthy, A, first.veth, false);

cases(fault, {
  found: [
    { name: 'at the port of a pod that calls its own Service', facts: off.facts, subject: 'node/A' },
    { name: 'at every port', facts: hairpin(off, A, second.veth, false).facts, subject: 'node/A' },
  ],
  absent: [
    { name: 'it is on everywhere', facts: healthy.facts },
    { name: 'off where no Service leads to', facts: hairpin(healthy, D, healthy.pod('D').veth, false).facts },
  ],
  unknown: [
    { name: 'the mode of the port was not told', facts: hairpin(healthy, A, first.veth, undefined).facts, subject: 'node/A' },
    { name: 'no links were read', facts: healthy.without('link', A.scope).facts, subject: 'node/A' },
  ],
});
