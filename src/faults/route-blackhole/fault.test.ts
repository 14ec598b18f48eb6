import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [from, to] = [healthy.node('D'), healthy.node('A')];
const { scope } = from;
const without = healthy.drop('route', scope, (route) => route.to === to.subnet);
const ownBlock = healthy.pod('D');

cases(fault, {
  found: [
    {
      name: "it stands in the place of flannel's route",
      facts: without.put('route', scope, plainRoute(to.subnet, null, { type: 'blackhole' })).facts,
      subject: 'link/D→A',
    },
    {
      name: 'it covers one pod of the peer',
      facts: healthy.put('route', scope, plainRoute(cidrOf(healthy.pod('A').address, 32), null, { type: 'prohibit' })).facts,
      subject: 'link/D→A',
    },
  ],
  absent: [
    { name: 'there is no refusing route', facts: healthy.facts },
    {
      name: 'only a rule that somebody made leads to its table: the rule is the cause',
      facts: healthy
        .put('route', scope, plainRoute(to.subnet, null, { type: 'blackhole', table: '100' }))
        .put('rule', scope, { ...PLAIN_RULE, priority: 100, action: { does: 'lookup', table: '100' } }).facts,
    },
    {
      name: 'it has a metric that never wins',
      facts: healthy.put('route', scope, plainRoute(to.subnet, null, { type: 'blackhole', metric: 4096 })).facts,
    },
    {
      name: "it is of the node's own block, with a route for each pod",
      facts: [ownBlock, healthy.pod('D', 1)].reduce(
        (built, pod) => built.put('route', scope, plainRoute(cidrOf(pod.address, 32), from.bridge)),
        healthy.put('route', scope, plainRoute(cidrOf(from.vtepAddress, 26), null, { type: 'blackhole', protocol: 'bird' })),
      ).facts,
    },
  ],
  unknown: [{ name: 'no routes were read', facts: healthy.without('route', scope).facts, subject: 'link/D→A' }],
});
