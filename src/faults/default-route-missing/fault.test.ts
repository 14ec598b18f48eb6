import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, uplink } = healthy.node('D');
const isDefault = ({ to }: { readonly to: string }): boolean => to === '0.0.0.0/0';
const lost = healthy.drop('route', scope, isDefault);
const everywhere = healthy.nodes.reduce((built, node) => built.drop('route', node.scope, isDefault), healthy);
const half = (to: ReturnType<typeof cidr>) => plainRoute(to, uplink);

cases(fault, {
  found: [
    { name: 'the others tell the gateway', facts: lost.facts, subject: 'node/D' },
    { name: 'no node has one', facts: everywhere.facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'every node has one', facts: healthy.facts },
    { name: 'a route for the Service range stands for it', facts: lost.put('route', scope, half(cidr`10.96.0.0/12`)).facts },
    {
      name: 'two halves stand for it',
      facts: lost.put('route', scope, half(cidr`0.0.0.0/1`)).put('route', scope, half(cidr`128.0.0.0/1`)).facts,
    },
    { name: 'the uplink is down and took it along', facts: lost.link(scope, uplink, { up: false }).facts, subject: 'node/D' },
  ],
  unknown: [{ name: 'no routes were read', facts: healthy.without('route', scope).facts, subject: 'node/D' }],
});
