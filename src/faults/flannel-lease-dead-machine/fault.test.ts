import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const owner = healthy.node('D');
const peers = healthy.nodes.filter(({ name }) => name !== 'D');
const subject = `lease/${owner.subnet}`;
const old = mac`02:de:ad:00:41:07`;
const nobody = ip`192.168.1.99`;
const bare = { vlan: null, vni: null, port: null, via: null, master: null, self: true, state: 'permanent', local: false } as const;
const second = {
  dev: owner.uplink,
  address: nobody,
  length: 32,
  peer: null,
  broadcast: null,
  scope: 'global',
  secondary: false,
  deprecated: false,
  label: owner.uplink,
} as const;

/** D's lease names an address that nobody has; a peer has asked for it in vain. */
const dead = gone(healthy);

function gone(built: BuiltCluster): BuiltCluster {
  const leased = built.change('lease', CLUSTER, owner.subnet, (lease) => ({
    ...lease,
    publicIp: nobody,
    vtepMac: old,
    value: lease.value?.replace(owner.address, nobody).replace(owner.vtep.mac, old),
  }));
  return peers.reduce((now, { scope, vtep, uplink }) => {
    const key = `${vtep.device} ${owner.vtepAddress}`;
    return now
      .change('neighbour', scope, key, { mac: old })
      .put('fdb', scope, { ...bare, dev: vtep.device, mac: old, dst: nobody })
      .put('neighbour', scope, { dev: uplink, address: nobody, mac: null, state: 'failed', proxy: false });
  }, leased);
}

cases(fault, {
  found: [
    { name: 'the lease points to where nobody answers', facts: dead.facts, subject },
    { name: 'only one peer was captured', facts: dead.withoutNode('B').withoutNode('C').facts, subject },
  ],
  absent: [
    { name: 'every lease points to its node', facts: healthy.facts },
    { name: 'the address is a second one of the node', facts: dead.put('address', owner.scope, second).facts, subject },
    {
      name: 'a machine answers there',
      facts: dead.change('neighbour', peers[0]?.scope ?? owner.scope, `${owner.uplink} ${nobody}`, {
        mac: owner.uplinkMac,
        state: 'reachable',
      }).facts,
      subject,
    },
  ],
  unknown: [
    {
      name: 'nobody asked the wire',
      facts: peers.reduce((now, { scope, uplink }) => now.drop('neighbour', scope, `${uplink} ${nobody}`), dead).facts,
      subject,
    },
    { name: 'the node that lives in the subnet was not captured', facts: dead.withoutNode('D').facts, subject },
    { name: 'no lease was read', facts: dead.without('lease', CLUSTER).facts },
  ],
});
