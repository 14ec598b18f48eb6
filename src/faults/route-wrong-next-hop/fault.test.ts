import type { Route } from '#facts/route/route';
import { cidrOf } from '#net/cidr';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [from, to, other] = [healthy.node('D'), healthy.node('A'), healthy.node('B')];
const { scope } = from;
const isOwn = (route: Route): boolean => route.to === to.subnet;
const through = (via: typeof to.vtepAddress, dev: string): Partial<Route> => ({
  hops: [{ dev, via, onlink: true, weight: 1, dead: false }],
});
const wrong = healthy.change('route', scope, isOwn, through(other.vtepAddress, from.vtep.device));
const direct = healthy
  .change('route', scope, isOwn, through(to.address, from.uplink))
  .change('route', to.scope, (route) => route.to === from.subnet, through(from.address, to.uplink));

const routes = healthy.facts.seen('route', scope);
const own = routes.is === 'seen' ? routes.value.find(isOwn) : undefined;
if (own === undefined) throw new Error('a healthy node has a route to each peer');
const longer = healthy.put('route', scope, {
  ...own,
  to: cidrOf(healthy.pod('A').address, 32),
  hops: [{ dev: from.bridge, via: null, onlink: false, weight: 1, dead: false }],
});

cases(fault, {
  found: [
    { name: 'the next hop is another node', facts: wrong.facts, subject: 'link/D→A' },
    { name: 'a longer prefix leads to the bridge', facts: longer.facts, subject: 'link/D→A' },
    {
      name: "nobody's route is not left over, whoever runs",
      facts: longer.without('process', scope).facts,
      subject: 'link/D→A',
    },
  ],
  absent: [
    { name: 'all routes lead through the tunnel', facts: healthy.facts },
    { name: 'both nodes route straight to each other', facts: direct.facts },
    {
      name: 'a worse route with a larger metric is never taken',
      facts: healthy.put('route', scope, { ...own, ...through(other.vtepAddress, from.vtep.device), metric: 500 }).facts,
    },
  ],
  unknown: [
    { name: 'no routes were read', facts: healthy.without('route', scope).facts, subject: 'link/D→A' },
    {
      name: "a plugin's route may be left over where no processes were read",
      facts: wrong.without('process', scope).facts,
      subject: 'link/D→A',
    },
  ],
});
