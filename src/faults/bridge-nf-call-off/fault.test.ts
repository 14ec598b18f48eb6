import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [A, D] = [healthy.node('A'), healthy.node('D')];
const SETTING = 'net.bridge.bridge-nf-call-iptables';
const off = healthy.sysctl(A.scope, SETTING, 0);

cases(fault, {
  found: [
    { name: 'client and endpoint hang on one bridge', facts: off.facts, subject: 'node/A' },
    {
      name: 'no file would switch it on',
      facts: off.change('sysctl-file', A.scope, () => true, { settings: [] }).facts,
      subject: 'node/A',
    },
  ],
  absent: [
    { name: 'it is on everywhere', facts: healthy.facts },
    { name: 'off on a node without endpoints', facts: healthy.sysctl(D.scope, SETTING, 0).facts },
    { name: 'only IPv6 is off', facts: healthy.sysctl(A.scope, 'net.bridge.bridge-nf-call-ip6tables', 0).facts },
  ],
  unknown: [{ name: 'no settings were read', facts: healthy.without('sysctl', A.scope).facts, subject: 'node/A' }],
});
