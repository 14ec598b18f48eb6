import { mac } from '#net/mac';
import { CLUSTER } from '#snapshot/scope';
import type { BuiltCluster } from './world-builder.ts';

/** One small break of a built cluster of at least four nodes, with the fault and the subject that it makes. */
export type Break = {
  readonly fault: string;
  readonly subject: (built: BuiltCluster) => string;
  readonly make: (built: BuiltCluster) => BuiltCluster;
};

const OLD = mac`02:de:ad:00:41:01`;
const bare = { vlan: null, vni: null, port: null, via: null, master: null, self: true, state: 'permanent', local: false } as const;
const D = (built: BuiltCluster) => built.node('D');
const pod = (built: BuiltCluster, node: string, index: number): string => `pod/${built.pod(node, index).name}`;

/** D's lease holds an old machine's MAC, and every peer follows it. */
function staleMac(built: BuiltCluster): BuiltCluster {
  const owner = D(built);
  const leased = built.change('lease', CLUSTER, owner.subnet, (lease) => ({
    ...lease,
    vtepMac: OLD,
    value: lease.value?.replace(owner.vtep.mac, OLD),
  }));
  const peers = built.nodes.filter(({ name }) => name !== owner.name);
  return peers.reduce(
    (now, { scope, vtep }) =>
      now
        .change('neighbour', scope, `${vtep.device} ${owner.vtepAddress}`, { mac: OLD })
        .put('fdb', scope, { ...bare, dev: vtep.device, mac: OLD, dst: owner.address }),
    leased,
  );
}

/** As the kernel does: writing the main switch sets every device's. */
function forwardingOff(built: BuiltCluster, name: string): BuiltCluster {
  const { scope, bridge, uplink, vtep } = built.node(name);
  const switches = ['all', 'default', 'lo', bridge, uplink, vtep.device].map(
    (device) => `net.ipv4.conf.${device.replaceAll('.', '/')}.forwarding`,
  );
  return ['net.ipv4.ip_forward', ...switches].reduce((now, setting) => now.sysctl(scope, setting, 0), built);
}

/** Breaks by fault, each of its own kind: what diagnoses, pairs and removals are tried with. */
export const breaks = {
  'stale MAC of D': { fault: 'vxlan-vtep-mac-stale', subject: (built) => `lease/${D(built).subnet}`, make: staleMac },
  'ip_forward off on D': {
    fault: 'ip-forward-off',
    subject: () => 'node/D',
    make: (built) => forwardingOff(built, 'D'),
  },
  'ip_forward off on C': {
    fault: 'ip-forward-off',
    subject: () => 'node/C',
    make: (built) => forwardingOff(built, 'C'),
  },
  'UDP filtered on D': {
    fault: 'vxlan-udp-filtered',
    subject: () => 'node/D',
    make: (built) => built.rule(D(built).scope, 'filter', `-A INPUT -p udp -m udp --dport ${D(built).vtep.port} -j DROP`, 0),
  },
  'FDB entry of D missing on A': {
    fault: 'vxlan-fdb-missing',
    subject: () => 'link/A→D',
    make: (built) => built.drop('fdb', built.node('A').scope, ({ mac: one }) => one === D(built).vtep.mac),
  },
  'neighbour of D missing on B': {
    fault: 'vxlan-neighbour-missing',
    subject: () => 'link/B→D',
    make: (built) => built.drop('neighbour', built.node('B').scope, `${built.node('B').vtep.device} ${D(built).vtepAddress}`),
  },
  'device down on D': {
    fault: 'vxlan-device-down',
    subject: (built) => `device/D/${D(built).vtep.device}`,
    make: (built) => built.link(D(built).scope, D(built).vtep.device, { up: false }),
  },
  'second pod of A without default route': {
    fault: 'pod-default-route-missing',
    subject: (built) => pod(built, 'A', 1),
    make: (built) => built.drop('route', built.pod('A', 1).scope, ({ to }) => to === '0.0.0.0/0'),
  },
  'veth of the second pod of B down': {
    fault: 'pod-veth-down',
    subject: (built) => pod(built, 'B', 1),
    make: (built) => built.link(built.pod('B', 1).scope, built.pod('B', 1).device, { up: false }),
  },
  'host firewall on D': {
    fault: 'host-firewall-rule',
    subject: () => 'node/D',
    make: (built) => built.rule(D(built).scope, 'filter', `-A FORWARD -d ${D(built).subnet} -j DROP`, 0),
  },
} as const satisfies Readonly<Record<string, Break>>;

export type BreakName = keyof typeof breaks;
