import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const { gateway } = healthy.node('D');
const subject = `pod/${pod.name}`;
const lost = healthy.drop('route', pod.scope, ({ to }) => to === '0.0.0.0/0');
const through = (to: ReturnType<typeof cidr>) =>
  plainRoute(to, pod.device, { hops: [{ dev: pod.device, via: gateway, onlink: false, weight: 1, dead: false }] });

cases(fault, {
  found: [{ name: 'the route is gone', facts: lost.facts, subject }],
  absent: [
    { name: 'every pod has one', facts: healthy.facts },
    {
      name: 'two halves stand for it',
      facts: lost.put('route', pod.scope, through(cidr`0.0.0.0/1`)).put('route', pod.scope, through(cidr`128.0.0.0/1`)).facts,
    },
    { name: 'its device is down and took it along', facts: lost.link(pod.scope, pod.device, { up: false }).facts, subject },
  ],
  unknown: [{ name: "the pod's routes were not read", facts: healthy.without('route', pod.scope).facts, subject }],
});
