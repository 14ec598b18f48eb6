import { setLinkUp } from '#actions/link/preview';
import link from '#actions/link/preview';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, vtep, uplink } = healthy.node('D');
const subject = `device/D/${vtep.device}`;

/** As the kernel does it: routes and neighbours of the device go with it. */
const preview = link.preview(healthy.facts, setLinkUp(scope, vtep.device, false));
if (preview.is !== 'facts') throw new Error(preview.gap.detail);
const down = healthy.having(preview.facts);

cases(fault, {
  found: [
    { name: 'the device is down', facts: down.facts, subject },
    { name: 'and no lease was read', facts: down.without('lease', { node: '', netns: '' }).facts, subject },
  ],
  absent: [
    { name: 'every device is up', facts: healthy.facts },
    { name: 'its state reads UNKNOWN, as usual', facts: healthy.link(scope, vtep.device, { operState: 'UNKNOWN' }).facts },
    {
      name: 'leases go without the tunnel',
      facts: down.change('flannel-config', { node: '', netns: '' }, () => true, { directRouting: true }).facts,
    },
  ],
  unknown: [
    {
      name: 'this form does not tell whether it is up',
      facts: healthy.link(scope, vtep.device, { up: undefined }).link(scope, uplink, {}).facts,
      subject,
    },
  ],
});
