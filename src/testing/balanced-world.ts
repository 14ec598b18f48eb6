import assert from 'node:assert/strict';
import { worldOf } from '#dataplane/world';
import type { IpvsServer } from '#facts/ipvs-service/ipvs-service';
import { cidr } from '#net/cidr';
import { ip } from '#net/ip';
import { type Exchanges, exchange, type Sent } from '#sim/packet/exchange';
import type { Packet } from '#sim/packet/packet';
import { FRESH, type State } from '#sim/packet/state';
import { type BuiltCluster, cluster } from './world-builder.ts';

export const VIRTUAL = ip`10.96.77.77`;
export const PORT = 53;
export const healthy = cluster();
export const D = healthy.node('D');
export const client = healthy.pod('D', 1);
export const near = healthy.pod('D');
export const far = healthy.pod('A');

export const server = (address: IpvsServer['address'], weight = 1): IpvsServer => ({
  address,
  port: PORT,
  forward: 'masq',
  weight,
  active: 0,
  inactive: 0,
});

/** The cluster with a virtual server on node D, whose address kube-ipvs0 holds. */
export function balanced(
  servers: readonly IpvsServer[],
  settings: Readonly<Record<string, string>> = {},
  protocol: 'udp' | 'sctp' | 'tcp' = 'udp',
): BuiltCluster {
  const seen = healthy.facts.seen('route', D.scope);
  assert.ok(seen.is === 'seen');
  const local = seen.value.find(({ table, type }) => table === 'local' && type === 'local');
  const links = healthy.facts.seen('link', D.scope);
  assert.ok(links.is === 'seen' && local !== undefined);
  const bridge = links.value.find(({ type }) => type === 'bridge');
  assert.ok(bridge !== undefined);
  const match = { by: 'address', protocol, address: VIRTUAL, port: PORT } as const;
  const held = healthy
    .put('link', D.scope, { ...bridge, name: 'kube-ipvs0', type: 'dummy', index: 77, bridge: null })
    .put('route', D.scope, { ...local, to: cidr`10.96.77.77/32`, hops: local.hops.map((hop) => ({ ...hop, dev: 'kube-ipvs0' })) })
    .put('ipvs-service', D.scope, { match, scheduler: 'wrr', persistentSeconds: null, perPacket: false, servers });
  return Object.entries(settings).reduce((built, [name, value]) => built.put('sysctl', D.scope, { name, value }), held);
}

export const asked: Packet = {
  source: client.address,
  destination: VIRTUAL,
  protocol: 'udp',
  sourcePort: 40_001,
  destinationPort: PORT,
  tcp: null,
  icmp: null,
  size: 60,
  df: false,
  ttl: 64,
  mark: 0,
};

export function sent(built: BuiltCluster, one: Sent, state: State = FRESH): Exchanges {
  const exchanges = exchange(worldOf(built.facts), one, state);
  assert.ok(exchanges !== undefined);
  return exchanges;
}

export const fromClient: Sent = { from: client.scope, packet: asked };

/** A connection of the client to the virtual server, whose answers the far pod gives. */
export const LED_FAR = {
  ...{ protocol: 'udp', protocolNumber: 17, timeoutSeconds: 100, state: null, unreplied: true, assured: false, mark: 0, zone: null },
  original: { source: client.address, destination: VIRTUAL, sourcePort: 40_001, destinationPort: PORT, icmp: null },
  reply: { source: far.address, destination: client.address, sourcePort: PORT, destinationPort: 40_001, icmp: null },
} as const;
