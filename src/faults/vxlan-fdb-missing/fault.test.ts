import { ZERO_MAC } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [from, to] = [healthy.node('A'), healthy.node('D')];
const subject = 'link/A→D';
const key = (mac: string): string => `${from.vtep.device} ${mac} ${to.address}  `;
const missing = healthy.drop('fdb', from.scope, (one) => one.dev === from.vtep.device && one.mac === to.vtep.mac);
const entry = {
  dev: from.vtep.device,
  dst: to.address,
  vlan: null,
  vni: null,
  port: null,
  via: null,
  master: null,
  self: true,
  local: false,
} as const;

cases(fault, {
  found: [
    { name: "the peer's entry is gone", facts: missing.facts, subject },
    {
      name: 'an entry of another MAC for the same machine is there',
      facts: missing.put('fdb', from.scope, { ...entry, mac: to.uplinkMac, state: 'permanent' }).facts,
      subject,
    },
  ],
  absent: [
    { name: 'every entry is there', facts: healthy.facts },
    { name: 'the default entry floods', facts: missing.put('fdb', from.scope, { ...entry, mac: ZERO_MAC, state: 'permanent' }).facts },
    { name: 'the entry is static', facts: healthy.change('fdb', from.scope, key(to.vtep.mac), { state: 'static' }).facts },
  ],
  unknown: [
    { name: "the sender's FDB was not read", facts: missing.without('fdb', from.scope).facts, subject },
    { name: 'no lease was read', facts: missing.without('lease', CLUSTER).facts, subject },
  ],
});
