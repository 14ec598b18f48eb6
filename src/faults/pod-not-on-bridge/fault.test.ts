import action, { setLinkMaster } from '#actions/link/preview';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const pod = healthy.pod('D');
const { scope } = healthy.node('D');
const subject = `pod/${pod.name}`;

const taken = action.preview(healthy.facts, setLinkMaster(scope, pod.veth, null));
if (taken.is === 'unknown') throw new Error(taken.gap.detail);
const off = healthy.having(taken.facts);

const routed = off
  .put('route', scope, plainRoute(cidrOf(pod.address, 32), pod.veth))
  .sysctl(scope, `net.ipv4.conf.${pod.veth}.proxy_arp`, 1)
  .drop('neighbour', scope, ({ address }) => address === pod.address);

cases(fault, {
  found: [
    { name: 'its veth is a port of nothing', facts: healthy.link(scope, pod.veth, { master: null, port: null }).facts, subject },
    { name: 'it was taken off, with all that the kernel does then', facts: off.facts, subject },
  ],
  absent: [
    { name: 'every veth is on the bridge', facts: healthy.facts },
    { name: 'the veth is down besides', facts: off.link(scope, pod.veth, { up: false, carrier: false }).facts, subject },
    { name: 'the pod is routed by a /32', facts: routed.facts, subject },
  ],
  unknown: [{ name: "the pod's addresses were not read", facts: healthy.without('address', pod.scope).facts, subject }],
});
