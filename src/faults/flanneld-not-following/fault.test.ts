import { mac } from '#net/mac';
import { ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const [late, moved] = [healthy.node('A'), healthy.node('D')];
const subject = 'node/A';
const key = `${late.vtep.device} ${moved.vtepAddress}`;
const old = mac`02:de:ad:00:41:01`;
const other = mac`02:de:ad:00:41:02`;

/** A holds an older MAC of D; everybody else, the lease and D agree. */
const behind = healthy
  .change('neighbour', late.scope, key, { mac: old })
  .change('fdb', late.scope, (one) => one.dev === late.vtep.device && one.mac === moved.vtep.mac, { mac: old });
const elsewhere = healthy.change('fdb', late.scope, (one) => one.dev === late.vtep.device && one.mac === moved.vtep.mac, {
  dst: ip`192.168.1.99`,
});
const nothing = (built: BuiltCluster): BuiltCluster =>
  built
    .drop('neighbour', late.scope, key)
    .drop('fdb', late.scope, (one) => one.dev === late.vtep.device && one.mac === moved.vtep.mac)
    .drop('route', late.scope, ({ to }) => to === moved.subnet);

cases(fault, {
  found: [
    { name: 'the entries are of an older lease', facts: behind.facts, subject },
    { name: 'the entry points to where the peer was before', facts: elsewhere.facts, subject },
    { name: 'there is no entry at all', facts: nothing(healthy).facts, subject },
    {
      name: 'flanneld does not run any more',
      facts: nothing(healthy).drop('process', late.scope, ({ name }) => name === 'flanneld').facts,
      subject,
    },
  ],
  absent: [
    { name: 'every entry is as the leases say', facts: healthy.facts },
    { name: 'one entry of three is missing', facts: healthy.drop('neighbour', late.scope, key).facts },
    { name: 'the lease is what is wrong', facts: healthy.change('lease', CLUSTER, moved.subnet, { vtepMac: old }).facts },
  ],
  unknown: [
    {
      name: 'neither the lease nor the entries are true',
      facts: behind
        .change('lease', CLUSTER, moved.subnet, { publicIp: late.address })
        .change('link', moved.scope, moved.vtep.device, { mac: other }).facts,
      subject,
    },
    { name: 'the peer was not captured', facts: behind.withoutNode('D').facts, subject },
    { name: 'no lease was read', facts: behind.without('lease', CLUSTER).facts, subject },
    { name: 'its FDB was not read', facts: behind.without('fdb', late.scope).facts, subject },
  ],
});
