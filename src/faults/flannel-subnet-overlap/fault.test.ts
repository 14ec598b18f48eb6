import { ip } from '#net/ip';
import { mac } from '#net/mac';
import { type Cidr, cidr } from '#net/cidr';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const owner = healthy.node('D');
const peers = healthy.nodes.filter(({ name }) => name !== 'D');
const old = mac`02:de:ad:00:43:01`;
const nobody = ip`192.168.1.99`;

/** With a lease of a machine that is gone. */
const left = (built: BuiltCluster, subnet: Cidr): BuiltCluster =>
  built.put('lease', CLUSTER, {
    subnet,
    store: { in: 'etcd', key: `/coreos.com/network/subnets/${subnet.replace('/', '-')}`, api: 3 },
    publicIp: nobody,
    backend: 'vxlan',
    vtepMac: old,
    vni: 1,
    etcdLease: null,
    ttlSeconds: null,
    modRevision: 99,
    value: `{"PublicIP":"${nobody}","PublicIPv6":null,"BackendType":"vxlan","BackendData":{"VNI":1,"VtepMAC":"${old}"}}`,
  });

/** With the peers following it. */
function followed(built: BuiltCluster, subnet: Cidr): BuiltCluster {
  const base = ip`${subnet.split('/')[0] ?? ''}`;
  return peers.reduce(
    (now, { scope, vtep }) => {
      const dev = vtep.device;
      const hops = [{ dev, via: base, onlink: true, weight: 1, dead: false }];
      return now
        .put('neighbour', scope, { dev, address: base, mac: old, state: 'permanent', proxy: false })
        .put('fdb', scope, {
          dev,
          mac: old,
          dst: nobody,
          vlan: null,
          vni: null,
          port: null,
          via: null,
          master: null,
          self: true,
          state: 'permanent',
          local: false,
        })
        .put('neighbour', scope, { dev: owner.uplink, address: nobody, mac: null, state: 'failed', proxy: false })
        .put('route', scope, {
          table: 'main',
          type: 'unicast',
          to: subnet,
          hops,
          nexthopId: null,
          metric: 0,
          source: null,
          scope: 'global',
          protocol: 'boot',
          mtu: null,
          tos: 0,
        });
    },
    left(built, subnet),
  );
}

const longer = cidr`${owner.vtepAddress}/25`;
const wider = cidr`10.100.40.0/23`;
const overlap = followed(healthy, longer);

cases(fault, {
  found: [
    { name: 'a longer lease takes half of the subnet, and its neighbour entry', facts: overlap.facts, subject: `lease/${longer}` },
    {
      name: 'the same where nobody has read what flanneld wrote down',
      facts: overlap.without('subnet-env', owner.scope).facts,
      subject: `lease/${longer}`,
    },
  ],
  absent: [
    { name: 'no two leases overlap', facts: healthy.facts },
    { name: 'a wider one lies around it', facts: followed(healthy, wider).facts },
    { name: 'no peer has taken it in', facts: left(healthy, longer).facts },
  ],
  unknown: [{ name: 'no lease was read', facts: overlap.without('lease', CLUSTER).facts }],
});
