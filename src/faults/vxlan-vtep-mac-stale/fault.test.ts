import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import { cidr } from '#net/cidr';
import { mac } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const owner = healthy.node('D');
const peers = healthy.nodes.filter(({ name }) => name !== 'D');
const subject = `lease/${owner.subnet}`;
const old = mac`02:de:ad:00:41:01`;

/** With the lease of D naming a MAC. */
const leased = (built: BuiltCluster): BuiltCluster =>
  built.change('lease', CLUSTER, owner.subnet, (lease) => ({ ...lease, vtepMac: old, value: lease.value?.replace(owner.vtep.mac, old) }));

/** With some peers following the lease: the neighbour is replaced, the FDB entry of the true MAC stays. */
const followed = (built: BuiltCluster, nodes = peers): BuiltCluster =>
  nodes.reduce(
    (now, { scope, vtep }) =>
      now
        .change('neighbour', scope, `${vtep.device} ${owner.vtepAddress}`, { mac: old })
        .put('fdb', scope, { ...bare, dev: vtep.device, mac: old, dst: owner.address }),
    built,
  );
const bare = { vlan: null, vni: null, port: null, via: null, master: null, self: true, state: 'permanent', local: false } as const;

/** With flannel's Kubernetes store: the leases stand in the annotations of the Nodes. */
const annotated = (built: BuiltCluster): BuiltCluster =>
  built.change(
    'lease',
    CLUSTER,
    () => true,
    (lease): FactOf<'lease'> => {
      const home = built.nodes.find(({ subnet: own }) => own === lease.subnet);
      const value = `{"VNI":${lease.vni},"VtepMAC":"${lease.vtepMac}"}`;
      return { ...lease, store: { in: 'node', node: home?.name ?? '' }, etcdLease: undefined, ttlSeconds: undefined, value };
    },
  );

/** With one on-link route for flannel's whole network on each peer, as older flannel has it. */
const oneRoute = (built: BuiltCluster): BuiltCluster =>
  peers.reduce(
    (now, { scope, vtep }) =>
      now.drop('route', scope, ({ to }) => to === owner.subnet).put('route', scope, plainRoute(cidr`10.100.0.0/16`, vtep.device)),
    built,
  );

const stale = followed(leased(healthy));
const changed = healthy.link(owner.scope, owner.vtep.device, { mac: old });
const elsewhere = followed(leased(healthy)).change('lease', CLUSTER, owner.subnet, { publicIp: peers[0]?.address ?? null });

/** flanneld as a DaemonSet's pod: no unit, and the API's list of pods. */
const asPod = (built: BuiltCluster): BuiltCluster =>
  annotated(built.without('unit', owner.scope)).put('pod', CLUSTER, {
    namespace: 'kube-flannel',
    name: 'kube-flannel-ds-x7k2p',
    uid: undefined,
    node: 'D',
    addresses: [owner.address],
    hostNetwork: true,
    phase: 'Running',
    ready: true,
    labels: undefined,
  });

cases(fault, {
  found: [
    { name: 'the lease holds the MAC of an old machine', facts: stale.facts, subject },
    { name: 'the device changed its MAC after it was registered', facts: changed.facts, subject },
    { name: 'flanneld runs as a pod, and its device changed its MAC', facts: asPod(changed).facts, subject },
    { name: "the lease stands in the Node's annotations", facts: annotated(stale).facts, subject },
    { name: "peers have one route for flannel's whole network", facts: oneRoute(stale).facts, subject },
    { name: 'only one peer follows the stale lease', facts: followed(leased(healthy), peers.slice(0, 1)).facts, subject },
    {
      name: 'only the owner and its lease were captured',
      facts: peers.reduce((now, { name }) => now.withoutNode(name), stale).facts,
      subject,
    },
  ],
  absent: [
    { name: 'every lease is true', facts: healthy.facts },
    { name: 'a stale lease that no peer follows', facts: leased(healthy).facts },
    { name: "every lease is true, with one route for flannel's whole network", facts: oneRoute(healthy).facts },
    { name: 'an old FDB entry is left on the peers', facts: followed(healthy, []).facts },
    { name: 'the lease speaks of another machine altogether', facts: elsewhere.facts },
  ],
  unknown: [
    { name: 'the owner was not captured', facts: stale.withoutNode('D').facts, subject },
    { name: "the owner's devices were not read", facts: stale.without('link', owner.scope).facts, subject },
    { name: 'no lease was read', facts: stale.without('lease', CLUSTER).facts },
  ],
});
