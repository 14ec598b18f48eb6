import type { FactOf } from '#facts/kinds';
import { ip } from '#net/ip';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [pod, other, far] = [healthy.pod('D'), healthy.pod('D', 1), healthy.pod('A')];
const { scope } = healthy.node('D');
const subject = `address/${pod.address}`;

const address = (dev: string, more: Partial<FactOf<'address'>> = {}): Omit<FactOf<'address'>, 'origin'> => ({
  dev,
  address: pod.address,
  length: 24,
  peer: null,
  broadcast: null,
  scope: 'global',
  secondary: true,
  deprecated: false,
  label: dev,
  ...more,
});
const local = (table: string) => ({
  table,
  type: 'local' as const,
  to: `${pod.address}/32` as FactOf<'route'>['to'],
  hops: [{ dev: other.device, via: null, onlink: false, weight: 1, dead: false }],
  nexthopId: null,
  metric: 0,
  source: pod.address,
  scope: 'host',
  protocol: 'kernel',
  mtu: null,
  tos: 0,
});

const doubled = healthy
  .put('address', other.scope, address(other.device))
  .put('route', other.scope, local('local'))
  .change('neighbour', scope, (entry) => entry.address === pod.address, { mac: other.mac });
const linkLocal = { address: ip`169.254.7.7`, length: 32, secondary: false } as const;

cases(fault, {
  found: [{ name: 'a pod took the address of its neighbour in addition', facts: doubled.facts, subject }],
  absent: [
    { name: 'every pod has its own', facts: healthy.facts },
    {
      name: 'it is on the loopback of another pod',
      facts: healthy.put('address', far.scope, address('lo', { length: 32, secondary: false })).facts,
    },
    {
      name: 'pods share a link-local address',
      facts: healthy.put('address', pod.scope, address(pod.device, linkLocal)).put('address', other.scope, address(other.device, linkLocal))
        .facts,
    },
    { name: 'the other interface is down', facts: healthy.put('address', other.scope, address('net1')).facts },
  ],
  unknown: [{ name: "a pod's addresses were not read", facts: healthy.without('address', other.scope).facts }],
});
