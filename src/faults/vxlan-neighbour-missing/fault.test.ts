import { ZERO_MAC } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [from, to] = [healthy.node('A'), healthy.node('D')];
const subject = 'link/A→D';
const key = `${from.vtep.device} ${to.vtepAddress}`;
const missing = healthy.drop('neighbour', from.scope, key);
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
    { name: 'the entry is gone', facts: missing.facts, subject },
    {
      name: 'the kernel asked and got no answer',
      facts: healthy.change('neighbour', from.scope, key, { mac: null, state: 'failed' }).facts,
      subject,
    },
  ],
  absent: [
    { name: 'every entry is there', facts: healthy.facts },
    { name: 'the entry is one that is never asked for', facts: healthy.change('neighbour', from.scope, key, { state: 'noarp' }).facts },
    {
      name: 'the default FDB entry floods, and the answer is known',
      facts: healthy
        .change('neighbour', from.scope, key, { state: 'reachable' })
        .put('fdb', from.scope, { ...entry, mac: ZERO_MAC, state: 'permanent' }).facts,
    },
  ],
  unknown: [
    { name: "the sender's neighbours were not read", facts: missing.without('neighbour', from.scope).facts, subject },
    { name: 'no lease was read', facts: missing.without('lease', CLUSTER).facts, subject },
  ],
});
