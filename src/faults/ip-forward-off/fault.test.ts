import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope, bridge, uplink, vtep } = healthy.node('D');

const MAIN = 'net.ipv4.ip_forward';
const switchOf = (device: string): string => `net.ipv4.conf.${device.replaceAll('.', '/')}.forwarding`;

/** As the kernel does: writing the main switch sets every device's. */
const off = [MAIN, ...['all', 'default', 'lo', bridge, uplink, vtep.device].map(switchOf)].reduce(
  (built, name) => built.sysctl(scope, name, 0),
  healthy,
);
const unwritten = off.change('sysctl-file', scope, () => true, { settings: [] });

cases(fault, {
  found: [
    { name: 'the main switch is off', facts: off.facts, subject: 'node/D' },
    { name: 'it is off, and no file would switch it on', facts: unwritten.facts, subject: 'node/D' },
    { name: 'only the pod bridge does not forward', facts: healthy.sysctl(scope, switchOf(bridge), 0).facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'everything forwards', facts: healthy.facts },
    { name: 'the main switch is off and each device forwards by its own', facts: healthy.sysctl(scope, MAIN, 0).facts },
    { name: 'a device that no pod traffic comes in by is off', facts: healthy.sysctl(scope, switchOf('lo'), 0).facts },
    { name: 'pods do not forward', facts: healthy.sysctl(healthy.pod('D').scope, MAIN, 0).facts },
  ],
  unknown: [{ name: 'no setting was read', facts: healthy.without('sysctl', scope).facts, subject: 'node/D' }],
});
