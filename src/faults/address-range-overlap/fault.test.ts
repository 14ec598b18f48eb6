import assert from 'node:assert/strict';
import test from 'node:test';
import addressAction, { addAddress } from '#actions/address/preview';
import type { Facts } from '#facts/facts';
import type { FactOf } from '#facts/kinds';
import { plainRoute } from '#facts/route/own-routes';
import { cidrOf } from '#net/cidr';
import { fullSync } from '#intent/kube-proxy/full-sync';
import { type Ip, ip } from '#net/ip';
import { CLUSTER } from '#snapshot/scope';
import { podPairs } from '#engine/invariants/pod-pairs';
import { lookAt } from '#engine/look';
import { astray } from './overlap.ts';
import type { Link } from '#facts/link/link';
import { followedCluster } from '#testing/built/following';
import { announcedNat } from '#testing/announced-nat';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const healthy = cluster();
const { scope } = healthy.node('A');
const peer = healthy.pod('D');
const STRANGER = 'br-5e1f0c2d9a47';

/** A docker network with a range, as the kernel would show it. */
function network(built: BuiltCluster, address: Ip, length: number): BuiltCluster {
  const { bridge } = built.node('A');
  const [model] = built.facts.partition('link', scope)?.facts.filter(({ name }) => name === bridge) ?? [];
  if (model === undefined) throw new Error(`no ${bridge}`);
  const made = built.put('link', scope, { ...model, name: STRANGER, index: 900, peerIndex: null });
  const done = addressAction.preview(made.facts, addAddress(scope, STRANGER, address, length));
  if (done.is !== 'facts') throw new Error('the address was not added');
  return made.having(done.facts);
}

const beside = peer.address.replace(/\d+$/, '6');

const machine = healthy.node('D');

/** A lease of a machine that is gone over a few addresses of the machines' own network, as flanneld on every node follows it. */
function leased(built: BuiltCluster, around: Ip, followed: boolean): BuiltCluster {
  const subnet = cidrOf(around, 31);
  const via = subnet.replace(/\/31$/, '') as Ip;
  const [model] = built.facts.partition('lease', CLUSTER)?.facts ?? [];
  if (model === undefined) throw new Error('no lease');
  const store: FactOf<'lease'>['store'] = { in: 'etcd', key: `/coreos.com/network/subnets/${via}-31`, api: 3 };
  const made = built.put('lease', CLUSTER, { ...model, subnet, store, publicIp: ip`192.168.1.250`, etcdLease: null });
  return (followed ? made.nodes : []).reduce(
    (now, { scope: on, vtep }) =>
      now.put('route', on, plainRoute(subnet, vtep.device, { hops: [{ dev: vtep.device, via, onlink: true, weight: 1, dead: false }] })),
    made,
  );
}

/** D announces the address of a NAT, so that its uplink is not known by it; and its tunnel, though told to leave there, ends at another port. */
const otherPort = (): BuiltCluster => {
  const { scope: on, vtep, uplink, address } = announcedNat(healthy).node('D');
  const tunnel = (link: Link): Link =>
    link.vxlan ? { ...link, vxlan: { ...link.vxlan, local: address, dev: uplink, port: link.vxlan.port === 8472 ? 4789 : 8472 } } : link;
  return announcedNat(healthy).change('link', on, vtep.device, tunnel);
};

/** The lease of D leads to a machine that is gone, and default/web lists an address behind D that no pod has. */
function leadsElsewhere(): Facts {
  const { subnet } = machine;
  const before = followedCluster(healthy.change('lease', CLUSTER, subnet, { publicIp: ip`192.168.1.250` }));
  const [slices, gone] = [before.partition('endpoints', CLUSTER), ip`${peer.address.replace(/\d+$/, '99')}`];
  assert.ok(slices !== undefined);
  const own = slices.facts.map((slice) =>
    slice.service === 'web' ? { ...slice, addresses: slice.addresses.map((one) => ({ ...one, address: gone, pod: 'web-gone' })) } : slice,
  );
  const written = before.with({ ...slices, facts: own, looks: slices.looks.map((look) => ({ ...look, facts: own })) } as never);
  return written.nodes().reduce((now, node) => fullSync(now, node), written);
}

cases(fault, {
  found: [
    {
      name: "a lease over a machine's own address",
      facts: leased(healthy, machine.address, true).facts,
      subject: `lease/${cidrOf(machine.address, 31)}`,
    },
    { name: "the range of a peer's pods", facts: network(healthy, ip`${beside}`, 29).facts, subject: `device/A/${STRANGER}` },
    {
      name: "the address of a peer's machine, to which the tunnel leads",
      facts: network(healthy, ip`${machine.address.replace(/\d+$/, '14')}`, 30).facts,
      subject: `device/A/${STRANGER}`,
    },
  ],
  absent: [
    { name: "a lease over a machine's own address that nobody follows", facts: leased(healthy, machine.address, false).facts },
    { name: 'a lease in the range of the machines where none is', facts: leased(healthy, ip`192.168.1.200`, true).facts },
    { name: 'the range of a Service, whose address is rewritten first', facts: network(healthy, ip`10.96.31.1`, 24).facts },
    { name: "a node's own pods, whose lease leads elsewhere", facts: leadsElsewhere() },
    { name: 'a range of its own', facts: network(healthy, ip`172.29.0.1`, 16).facts },
    { name: 'a shorter prefix around the pod network', facts: network(healthy, ip`10.100.0.250`, 12).facts },
    { name: 'no stranger at all', facts: healthy.facts },
    { name: 'the range that the other ends of the tunnel are in, where the tunnel fails at another node', facts: otherPort().facts },
  ],
  unknown: [{ name: 'no routes were read', facts: network(healthy, ip`10.96.31.1`, 24).without('route', scope).facts }],
});

/** Pods' packets alone: what a node is asked or answers by itself has the machine's address as its own destination. */
test("a packet in a tunnel is led astray by the other end's address, and taken for that machine's", () => {
  const { facts } = network(healthy, ip`${machine.address.replace(/\d+$/, '14')}`, 30);
  const [address] = facts.partition('address', scope)?.facts.filter(({ dev }) => dev === STRANGER) ?? [];
  assert.ok(address !== undefined);
  const led = astray(lookAt(facts, podPairs(facts)), 'A', address);
  assert.ok(led.length > 0 && led.every(({ ending: { walk } }) => walk.outer !== undefined));
  assert.deepEqual([...new Set(led.map(({ owner: { owner, ownerIs } }) => `${ownerIs} ${owner}`))].toSorted(), ['node C', 'node D']);
});
