import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [victim, peer] = [healthy.node('D'), healthy.node('A')];
const { scope } = victim;
const mode = (device: string): string => `net.ipv4.conf.${device.replaceAll('.', '/')}.rp_filter`;

const asymmetric = healthy.change('route', scope, ({ to }) => to === peer.subnet, {
  hops: [{ dev: victim.uplink, via: peer.address, onlink: false, weight: 1, dead: false }],
});

cases(fault, {
  found: [
    { name: 'strict on the tunnel', facts: asymmetric.sysctl(scope, mode(victim.vtep.device), 1).facts, subject: 'node/D' },
    { name: 'strict on all devices', facts: asymmetric.sysctl(scope, mode('all'), 1).facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'no filter', facts: healthy.facts },
    { name: 'an asymmetric way without a filter', facts: asymmetric.facts },
    {
      name: 'strict on symmetric ways',
      facts: healthy.nodes.reduce((built, node) => built.sysctl(node.scope, mode('all'), 1), healthy).facts,
    },
    {
      name: 'loose on all wins over strict on the device',
      facts: asymmetric.sysctl(scope, mode(victim.vtep.device), 1).sysctl(scope, mode('all'), 2).facts,
    },
  ],
  unknown: [{ name: 'no settings were read', facts: healthy.without('sysctl', scope).facts, subject: 'node/D' }],
});
