import type { FactOf } from '#facts/kinds';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope } = healthy.node('D');
const NAME = 'net.ipv4.ip_forward';

const file = (path: string, name: string, value: string): Omit<FactOf<'sysctl-file'>, 'origin'> => ({
  path,
  settings: [{ name, value, line: 1, optional: false }],
});
const silent = healthy.change('sysctl-file', scope, () => true, { settings: [] });
const docker = silent.put('process', scope, { pid: 900, name: 'dockerd', argv: ['/usr/bin/dockerd'], startTicks: 1, unit: null });

cases(fault, {
  found: [
    { name: 'no file speaks of it', facts: silent.facts, subject: 'node/D' },
    {
      name: '/etc/sysctl.conf says 0 and is read last',
      facts: healthy.put('sysctl-file', scope, file('/etc/sysctl.conf', NAME, '0')).facts,
      subject: 'node/D',
    },
    { name: 'Docker sets it when it starts', facts: docker.facts, subject: 'node/D' },
  ],
  absent: [
    { name: 'a file keeps it', facts: healthy.facts },
    { name: 'an earlier file says 0', facts: healthy.put('sysctl-file', scope, file('/etc/sysctl.d/10-a.conf', NAME, '0')).facts },
    {
      name: 'the other name of the same setting is kept',
      facts: silent.put('sysctl-file', scope, file('/usr/lib/sysctl.d/50-router.conf', 'net.ipv4.conf.all.forwarding', '1')).facts,
    },
    { name: 'it is off now', facts: silent.sysctl(scope, NAME, 0).facts, subject: 'node/D' },
  ],
  unknown: [{ name: 'no file was read', facts: healthy.without('sysctl-file', scope).facts, subject: 'node/D' }],
});
