import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import type { Rule } from '#facts/rule/rule';
import { cidr } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { PLAIN_RULE } from '#testing/built/plain-rule';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, subnet, uplink, bridge } = healthy.node('D');
const network = cidr`10.100.0.0/16`;
const subject = 'node/D';

const ruled = (built: BuiltCluster, priority: number, action: Rule['action'], asks: Partial<Rule> = {}): BuiltCluster =>
  built.put('rule', scope, { ...PLAIN_RULE, priority, action, ...asks });

const table = (name: string) => ({ does: 'lookup', table: name }) as const;
const routed = (built: BuiltCluster, route: Omit<FactOf<'route'>, 'origin'>): BuiltCluster => built.put('route', scope, route);
const via = (address: Ip) => ({ hops: [{ dev: uplink, via: address, onlink: false, weight: 1, dead: false }] });

/** A VPN whose device is a bridge that nobody answers on. */
const toBridge = routed(healthy, plainRoute(network, bridge, { table: '52' }));
const vpn = ruled(toBridge, 5270, table('52'));
const refused = ruled(healthy, 50, { does: 'prohibit' }, { to: network });
const marked = ruled(routed(healthy, plainRoute(cidr`0.0.0.0/0`, null, { table: '100', type: 'unreachable' })), 100, table('100'), {
  mark: { value: 0x4000, mask: 0x4000 },
});
const toStranger = ruled(
  routed(healthy, plainRoute(cidr`0.0.0.0/0`, uplink, { table: '100', ...via(ip`192.168.1.1`) })),
  1000,
  table('100'),
  {
    from: subnet,
  },
);

/** Table main of D under another name. */
const copied = ruled(
  healthy.edit(mainRoutes().map((route) => ({ op: 'put', kind: 'route', scope, fact: { ...route, table: '100' } }) as const)),
  1000,
  table('100'),
  { from: subnet },
);

function mainRoutes(): readonly FactOf<'route'>[] {
  const routes = healthy.facts.seen('route', scope, 'main');
  return routes.is === 'seen' ? routes.value.filter((route) => route.table === 'main') : [];
}

const wireguard = ruled(
  ruled(routed(healthy, plainRoute(cidr`0.0.0.0/0`, bridge, { table: '51820' })), 32765, table('51820'), {
    not: true,
    mark: { value: 51820, mask: 0xffffffff },
  }),
  32764,
  table('main'),
  { suppressPrefixLength: 0 },
);

cases(fault, {
  found: [
    { name: "a VPN's table has a route to the pods", facts: vpn.facts, subject },
    { name: 'a rule refuses them', facts: refused.facts, subject },
    { name: "a rule asks for kube-proxy's mark", facts: marked.facts, subject },
  ],
  absent: [
    { name: 'only the rules that every namespace is born with', facts: healthy.facts },
    { name: 'its table has the same routes', facts: copied.facts },
    { name: 'table main is looked up first, but for its default route', facts: wireguard.facts },
    { name: 'the rule stands behind table main', facts: ruled(healthy, 32770, { does: 'prohibit' }, { to: network }).facts },
  ],
  unknown: [
    { name: 'no rules were read', facts: vpn.without('rule', scope).facts, subject },
    { name: 'it leads to a machine that was not captured', facts: toStranger.facts, subject },
  ],
});
