import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, vtep, subnet } = healthy.node('D');

/** As the kernel and flanneld leave it: everything on the device is gone, and so is flanneld. */
const gone = healthy
  .drop('link', scope, vtep.device)
  .drop('address', scope, ({ dev }) => dev === vtep.device)
  .drop('route', scope, ({ hops }) => hops.some(({ dev }) => dev === vtep.device))
  .drop('neighbour', scope, ({ dev }) => dev === vtep.device)
  .drop('fdb', scope, ({ dev }) => dev === vtep.device)
  .drop('process', scope, ({ name }) => name === 'flanneld');

cases(fault, {
  found: [{ name: 'the device was deleted and flanneld is gone', facts: gone.facts, subject: 'node/D' }],
  absent: [
    { name: 'the device is there', facts: healthy.facts },
    {
      name: '`ip addr` without -d lists it, and does not tell what it is',
      facts: healthy.change('link', scope, vtep.device, { type: undefined, vxlan: undefined }).facts,
    },
    { name: 'flanneld does not run, its device stays', facts: healthy.drop('process', scope, ({ name }) => name === 'flanneld').facts },
    { name: 'the lease is of a backend without a device', facts: gone.change('lease', CLUSTER, subnet, { backend: 'host-gw' }).facts },
  ],
  unknown: [
    { name: 'no lease was read', facts: gone.without('lease', CLUSTER).facts, subject: 'node/D' },
    { name: 'its devices were not read', facts: gone.without('link', scope).facts, subject: 'node/D' },
  ],
});
