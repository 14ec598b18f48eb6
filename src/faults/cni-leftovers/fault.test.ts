import { type Cidr, cidrOf } from '#net/cidr';
import { type Ip, ip } from '#net/ip';
import { cases } from '#testing/cases';
import { type BuiltCluster, cluster } from '#testing/world-builder';
import fault from './fault.ts';

const runs = (built: BuiltCluster, node: string, name: string): BuiltCluster =>
  built.put('process', built.node(node).scope, { pid: 871, name, argv: [`/opt/bin/${name}`], startTicks: undefined, unit: null });

const healthy = ['A', 'B', 'C', 'D'].reduce((built, node) => runs(built, node, 'flanneld'), cluster());
const { scope, vtep } = healthy.node('D');
const peers = healthy.nodes.filter(({ name }) => name !== 'D');
const blockOf = (address: Parameters<typeof cidrOf>[0]): Cidr => cidrOf(address, 26);

const routes = healthy.facts.seen('route', scope);
const [own] = routes.is === 'seen' ? routes.value.filter(({ hops }) => hops[0]?.dev === vtep.device) : [];
if (own === undefined) throw new Error('a healthy node has a route to each peer');

/** Routes that Calico made, through its own VXLAN device or straight to the other machine. */
const toPeers = (built: BuiltCluster, dev: string, via: (peer: (typeof peers)[number]) => Ip): BuiltCluster =>
  peers.reduce(
    (now, peer) =>
      now.put('route', scope, {
        ...own,
        to: blockOf(peer.pods[0]?.address ?? peer.gateway),
        protocol: dev === 'vxlan.calico' ? '80' : 'bird',
        hops: [{ dev, via: via(peer), onlink: true, weight: 1, dead: false }],
      }),
    built,
  );

const withDevice = healthy.put('link', scope, { ...linkOf(vtep.device), name: 'vxlan.calico', index: 77 });

function linkOf(name: string) {
  const links = healthy.facts.seen('link', scope);
  const [link] = links.is === 'seen' ? links.value.filter((one) => one.name === name) : [];
  if (link?.vxlan == null) throw new Error(`no ${name}`);
  return { ...link, vxlan: { ...link.vxlan, vni: 4096, port: 4789 } };
}

const old = toPeers(withDevice, 'vxlan.calico', ({ gateway }) => gateway);
const block = healthy.put('route', scope, { ...own, type: 'blackhole', to: blockOf(healthy.pod('D').address), protocol: 'bird', hops: [] });

/** The configurations of D's pod network, by name. */
const configured = (...files: readonly (readonly [file: string, ...types: readonly string[]])[]): BuiltCluster =>
  files.reduce((now, [file, ...types]) => now.put('cni-config', scope, { path: `/etc/cni/net.d/${file}`, name: 'cbr0', types }), healthy);
const OWN = ['10-flannel.conflist', 'flannel', 'portmap'] as const;

const stale = healthy.pod('D');

function withoutDaemon(built: BuiltCluster): BuiltCluster {
  return built.drop('process', scope, ({ name }) => name === 'flanneld');
}

function addressOf() {
  const seen = healthy.facts.seen('address', stale.scope);
  const [address] = seen.is === 'seen' ? seen.value.filter((one) => one.address === stale.address) : [];
  if (address === undefined) throw new Error('a pod without an address');
  return address;
}

/** D's first pod as an earlier network made it, with an address of another range and the way out by a gateway that is gone. */
function madeBefore(built: BuiltCluster, address: Ip): BuiltCluster {
  const at = stale.scope;
  const moved = built.change('address', at, (one) => one.address === stale.address, { address, length: 24 });
  const partition = moved.facts.partition('route', at);
  if (partition === undefined) throw new Error('a pod without routes');
  const via = address.replace(/\d+$/, '1') as Ip;
  const routes = partition.facts.map((route) =>
    route.to === '0.0.0.0/0'
      ? { ...route, hops: route.hops.map((hop) => ({ ...hop, via })) }
      : { ...route, to: route.table === 'local' ? route.to : cidrOf(address, 24) },
  );
  const local = routes.map((route) => (route.to === `${stale.address}/32` ? { ...route, to: cidrOf(address, 32) } : route));
  return moved.replace({ ...partition, facts: local });
}

const before = madeBefore(healthy, ip`10.244.7.5`);

/** Calico runs instead: D has a block of it, and a route to each of its pods by now. */
const changed = ['A', 'B', 'C', 'D'].reduce(
  (built, node) =>
    runs(
      built.drop('process', built.node(node).scope, ({ name }) => name === 'flanneld'),
      node,
      'calico-node',
    ),
  healthy.put('route', scope, { ...own, type: 'blackhole', to: blockOf(stale.address), protocol: 'bird', hops: [] }),
);
const byCalico = healthy.node('D').pods.reduce(
  (built, { address }) =>
    built.put('route', scope, {
      ...own,
      to: cidrOf(address, 32),
      protocol: 'boot',
      hops: [{ dev: healthy.node('D').bridge, via: null, onlink: false, weight: 1, dead: false }],
    }),
  changed,
);

cases(fault, {
  found: [
    { name: 'a pod has an address of the range before this one', facts: before.facts, subject: 'node/D' },
    { name: "Calico's tunnel is gone elsewhere, its routes are not", facts: old.facts, subject: 'node/D' },
    { name: "Calico's own block of the node leads nowhere", facts: block.facts, subject: 'node/D' },
    {
      name: 'Calico runs, and a pod is on the bridge of flannel still',
      facts: madeBefore(byCalico, ip`10.244.7.5`).facts,
      subject: 'node/D',
    },
    {
      name: "Calico's configuration comes before flannel's",
      facts: configured(OWN, ['05-calico.conflist', 'calico', 'bandwidth'], ['00-loopback.conf', 'loopback']).facts,
      subject: 'node/D',
    },
    { name: 'flanneld has ended there, and runs on the other nodes', facts: withoutDaemon(old).facts, subject: 'node/D' },
  ],
  absent: [
    { name: "Calico runs, and flannel's bridge is left with pods of Calico's addresses", facts: byCalico.facts },
    {
      name: 'Calico runs, and a pod has an address of a second network beside its own',
      facts: byCalico.put('address', stale.scope, { ...addressOf(), address: ip`10.244.7.5`, length: 24 }).facts,
    },
    { name: 'a pod has another address of its node', facts: madeBefore(healthy, ip`${stale.address.replace(/\d+$/, '77')}`).facts },
    {
      name: 'no flanneld runs, so that nobody knows the range of the network that does',
      facts: runs(withoutDaemon(before), 'D', 'calico-node').facts,
    },
    { name: "Calico's configuration comes after flannel's", facts: configured(OWN, ['99-calico.conflist', 'calico']).facts },
    { name: "the first configuration is nobody's that is known", facts: configured(['00-loopback.conf', 'loopback'], OWN).facts },
    { name: 'there is only one, and the runtime may not ask for any', facts: configured(['10-calico.conflist', 'calico']).facts },
    { name: 'nothing is left', facts: healthy.facts },
    { name: 'a device without routes is left', facts: withDevice.facts },
    {
      name: 'the old routes lead straight to the right machines',
      facts: toPeers(healthy, healthy.node('D').uplink, ({ address }) => address).facts,
    },
    {
      name: 'routes to another range are left',
      facts: healthy.put('route', scope, {
        ...own,
        type: 'blackhole',
        to: cidrOf(healthy.node('D').address, 32),
        protocol: 'bird',
        hops: [],
        table: '77',
      }).facts,
    },
    { name: 'Calico still runs on another node, and nothing on this one', facts: runs(withoutDaemon(old), 'C', 'calico-node').facts },
    { name: 'Calico still runs', facts: runs(old, 'D', 'calico-node').facts },
  ],
  unknown: [
    { name: 'no routes were read', facts: old.without('route', scope).facts, subject: 'node/D' },
    { name: 'a pod has an old address, and no processes were read', facts: before.without('process', scope).facts, subject: 'node/D' },
    {
      name: 'flanneld has ended there, and what runs on another node was not read',
      facts: withoutDaemon(old).without('process', healthy.node('C').scope).facts,
      subject: 'node/D',
    },
    { name: 'no processes were read', facts: old.without('process', scope).facts, subject: 'node/D' },
  ],
});
