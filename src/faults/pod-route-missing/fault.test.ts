import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [from, to] = [healthy.node('D'), healthy.node('A')];
const { scope } = from;
const lost = healthy.drop('route', scope, ({ to: prefix }) => prefix === to.subnet);
const network = healthy.facts.seen('route', scope);
const route = network.is === 'seen' ? network.value.find(({ to: prefix }) => prefix === to.subnet) : undefined;
if (route === undefined) throw new Error('a healthy node has a route to each peer');

const neverTaken = lost
  .drop('neighbour', scope, ({ address }) => address === to.vtepAddress)
  .drop('fdb', scope, ({ mac }) => mac === to.vtep.mac);

cases(fault, {
  found: [
    { name: 'the route to one peer is gone', facts: lost.facts, subject: 'link/D→A' },
    {
      name: 'the default route is gone too',
      facts: lost.drop('route', scope, ({ to: prefix }) => prefix === '0.0.0.0/0').facts,
      subject: 'link/D→A',
    },
  ],
  absent: [
    { name: 'all routes are there', facts: healthy.facts },
    {
      name: 'a wider route leads there',
      facts: lost.put('route', scope, { ...route, to: '10.100.0.0/16' as typeof route.to }).facts,
    },
    { name: 'flanneld never took the lease in', facts: neverTaken.facts },
    { name: 'the VXLAN device is down and lost its routes', facts: lost.link(scope, from.vtep.device, { up: false }).facts },
  ],
  unknown: [{ name: 'no routes were read', facts: healthy.without('route', scope).facts, subject: 'link/D→A' }],
});
